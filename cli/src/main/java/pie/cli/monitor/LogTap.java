package pie.cli.monitor;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;

/** Keep what this process prints off the screen while the monitor has it, and its last lines for the log pane. */
final class LogTap extends OutputStream {
    private static final int LINES = 1000;

    private final ArrayDeque<String> lines = new ArrayDeque<>();
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private final PrintStream out = System.out;
    private final PrintStream err = System.err;

    /** Take the standard streams over. */
    static LogTap open() {
        var tap = new LogTap();
        var stream = new PrintStream(tap, true, StandardCharsets.UTF_8);
        System.setOut(stream);
        System.setErr(stream);
        return tap;
    }

    @Override
    public synchronized void write(int b) {
        if (b != '\n') {
            line.write(b);
            return;
        }
        lines.add(line.toString(StandardCharsets.UTF_8).stripTrailing());
        line.reset();
        if (lines.size() > LINES) {
            lines.removeFirst();
        }
    }

    synchronized List<String> lines() {
        return List.copyOf(lines);
    }

    /** Give the standard streams back. */
    @Override
    public void close() {
        System.setOut(out);
        System.setErr(err);
    }
}
