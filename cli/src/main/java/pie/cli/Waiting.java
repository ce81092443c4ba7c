package pie.cli;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Say what is being waited for, on one line that is overwritten and taken away at the end; only on a terminal and only if the wait
 * lasts. Callable from several threads.
 */
public final class Waiting implements Consumer<String>, AutoCloseable {
    private static final long PATIENCE_NANOS = 1_000_000_000L;

    private final PrintWriter err;
    private final boolean shown;
    private final long start = System.nanoTime();
    private String last = "";
    private boolean drawn;
    private boolean closed;

    public Waiting(PrintWriter err, boolean shown) {
        this.err = err;
        this.shown = shown;
        if (shown) {
            Thread.ofVirtual().start(this::redrawUntilClosed);
        }
    }

    @Override
    public synchronized void accept(String what) {
        last = what;
        draw();
    }

    private void redrawUntilClosed() {
        try {
            while (draw()) {
                Thread.sleep(200);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized boolean draw() {
        long elapsed = System.nanoTime() - start;
        if (!closed && shown && elapsed > PATIENCE_NANOS && !last.isEmpty()) {
            err.print(String.format(Locale.ROOT, "\r\u001b[K%5.1f s  %s", elapsed / 1e9, last));
            err.flush();
            drawn = true;
        }
        return !closed;
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (drawn) {
            err.print("\r\u001b[K");
            err.flush();
            drawn = false;
        }
    }
}
