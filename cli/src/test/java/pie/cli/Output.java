package pie.cli;

import java.io.PrintWriter;
import java.io.StringWriter;

/** Run the command line in this JVM and keep what it printed. */
record Output(int code, String out, String err) {
    static Output of(String... args) {
        return of(Settings.NONE, args);
    }

    static Output of(Settings settings, String... args) {
        var out = new StringWriter();
        var err = new StringWriter();
        int code = Pie.run(args, () -> settings, new PrintWriter(out), new PrintWriter(err));
        return new Output(code, out.toString(), err.toString());
    }
}
