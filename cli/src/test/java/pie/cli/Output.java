package pie.cli;

import java.io.PrintWriter;
import java.io.StringWriter;

/** Run the command line in this JVM and keep what it printed. */
record Output(int code, String out, String err) {
    static Output of(String... args) {
        var out = new StringWriter();
        var err = new StringWriter();
        int code = Pie.run(args, new PrintWriter(out), new PrintWriter(err));
        return new Output(code, out.toString(), err.toString());
    }
}
