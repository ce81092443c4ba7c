package pie.cli;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/** Run one {@code pie} command and exit with its code. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        HeadStart.begin(args);
        takeStderrBack();
        var out = new PrintWriter(new OutputStreamWriter(System.out, StandardCharsets.UTF_8), true);
        var err = new PrintWriter(new OutputStreamWriter(System.err, StandardCharsets.UTF_8), true);
        int code = Pie.run(args, Settings::load, out, err);
        out.flush();
        err.flush();
        System.exit(code);
    }

    /** The launcher hides the JVM's first words on a stderr that is a terminal or a pipe, and leaves it on another descriptor. */
    private static void takeStderrBack() {
        String descriptor = System.getProperty("pie.stderr", "");
        if (descriptor.isEmpty()) {
            return;
        }
        try {
            System.setErr(
                    new PrintStream(new FileOutputStream("/dev/fd/" + descriptor, true), true, StandardCharsets.UTF_8));
        } catch (IOException e) {
            System.err.println("pie: stderr cannot be opened again: " + e.getMessage());
        }
    }
}
