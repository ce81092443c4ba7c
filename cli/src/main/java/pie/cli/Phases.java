package pie.cli;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.function.Consumer;

/** Print what a start-up does, one line a phase with the seconds since the start; a counting phase ("packing 3/30") keeps its line on a terminal. */
public final class Phases implements Consumer<String> {
    private final PrintWriter err;
    private final boolean terminal;
    private final boolean quiet;
    private final long start = System.nanoTime();
    private String last = "";

    public Phases(PrintWriter err, boolean terminal, boolean quiet) {
        this.err = err;
        this.terminal = terminal;
        this.quiet = quiet;
    }

    public double seconds() {
        return (System.nanoTime() - start) / 1e9;
    }

    @Override
    public synchronized void accept(String what) {
        if (quiet) {
            return;
        }
        boolean same = phase(what).equals(phase(last));
        last = what;
        String line = String.format(Locale.ROOT, "%6.2f s  %s", seconds(), what);
        if (!same) {
            err.println(line);
        } else if (terminal) {
            err.println("\u001b[A\r\u001b[K" + line);
        }
        err.flush();
    }

    private static String phase(String what) {
        return what.replaceAll("\\d+", "#");
    }
}
