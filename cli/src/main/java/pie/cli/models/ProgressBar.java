package pie.cli.models;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * Show a pull on stderr: one line that is redrawn on a terminal, else one line per tenth.
 *
 * <pre>SmolLM2-135M-Instruct.Q4_1.gguf  [############--------]  61%  60.2 MB of 98.4 MB  12.1 MB/s  3 s left</pre>
 */
public final class ProgressBar implements ProgressListener, AutoCloseable {
    private static final int WIDTH = 20;
    private static final long REDRAW_NANOS = 100_000_000L;

    private final PrintWriter err;
    private final boolean terminal;
    private final LongSupplier clock;
    private String file = "";
    private long startNanos;
    private long startBytes;
    private long lastDrawn;
    private long lastTenth;
    private boolean drawn;

    public ProgressBar(PrintWriter err, boolean terminal) {
        this(err, terminal, System::nanoTime);
    }

    ProgressBar(PrintWriter err, boolean terminal, LongSupplier clock) {
        this.err = err;
        this.terminal = terminal;
        this.clock = clock;
    }

    @Override
    public void phase(String what) {
        close();
        if (terminal) {
            err.print(what + " …");
            drawn = true;
        } else {
            err.println(what);
        }
        err.flush();
    }

    @Override
    public void progress(String name, long done, long total) {
        long now = clock.getAsLong();
        if (!name.equals(file) || done < startBytes) {
            file = name;
            startNanos = now;
            startBytes = done;
            lastDrawn = now - REDRAW_NANOS;
            lastTenth = total > 0 ? done * 10 / total : 0;
            if (!terminal) {
                err.println(line(done, total, now));
                err.flush();
            }
        }
        if (terminal) {
            if (now - lastDrawn >= REDRAW_NANOS || done == total) {
                lastDrawn = now;
                drawn = true;
                err.print("\r\u001b[K" + line(done, total, now));
                err.flush();
            }
        } else if (total > 0 && done * 10 / total > lastTenth) {
            lastTenth = done * 10 / total;
            err.println(line(done, total, now));
            err.flush();
        }
    }

    private String line(long done, long total, long now) {
        double seconds = (now - startNanos) / 1e9;
        long rate = seconds > 0 ? (long) ((done - startBytes) / seconds) : 0;
        String speed = rate > 0 ? "  " + Sizes.text(rate) + "/s" : "";
        if (total <= 0) {
            return file + "  " + Sizes.text(done) + speed;
        }
        int filled = (int) (done * WIDTH / total);
        String bar = "[" + "#".repeat(filled) + "-".repeat(WIDTH - filled) + "]";
        String left = rate > 0 && done < total ? "  " + duration((total - done) / rate) + " left" : "";
        return String.format(
                Locale.ROOT,
                "%s  %s %3d%%  %s of %s%s%s",
                file,
                bar,
                done * 100 / total,
                Sizes.text(done),
                Sizes.text(total),
                speed,
                left);
    }

    private static String duration(long seconds) {
        return seconds < 60 ? seconds + " s" : seconds / 60 + " min " + seconds % 60 + " s";
    }

    /** Take the line away. */
    @Override
    public void close() {
        if (drawn) {
            err.print("\r\u001b[K");
            err.flush();
            drawn = false;
        }
    }
}
