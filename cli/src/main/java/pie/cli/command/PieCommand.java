package pie.cli.command;

import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import pie.cli.Logs;
import pie.cli.Style;
import pie.cli.Terminal;

/** Hold what every command has: streams, verbosity, colour. Results go to {@link #out}, everything else to {@link #err}. */
@Command(sortOptions = false, sortSynopsis = false)
public abstract class PieCommand implements Callable<Integer> {
    /** Say when to colour. */
    public enum Color {
        AUTO,
        ALWAYS,
        NEVER
    }

    @Spec
    protected CommandSpec spec = CommandSpec.create();

    @Option(
            names = {"-q", "--quiet"},
            order = 101,
            description = "Say only what was asked for.")
    protected boolean quiet;

    @Option(
            names = {"-v", "--verbose"},
            order = 102,
            description = "Say more; twice for stack traces.")
    private boolean[] verbose = {};

    @Option(
            names = "--color",
            order = 103,
            paramLabel = "WHEN",
            description = "auto, always or never. Default: auto, also ruled by NO_COLOR.")
    private Color color = Color.AUTO;

    @Option(
            names = {"-h", "--help"},
            order = 104,
            usageHelp = true,
            description = "Print this help and exit.")
    private boolean help;

    protected final PrintWriter out() {
        return spec.commandLine().getOut();
    }

    protected final PrintWriter err() {
        return spec.commandLine().getErr();
    }

    /** Print rows in columns, the first one as their head; columns from {@code firstNumber} on are aligned right. */
    protected final void table(List<List<String>> rows, int firstNumber) {
        List<String> lines = Processes.aligned(rows, firstNumber);
        out().println(style().bold(lines.getFirst()));
        lines.stream().skip(1).forEach(out()::println);
    }

    /** Set the logs of what runs in this JVM to what {@code -v} asks for. */
    protected final void setLogs() {
        Logs.level(verbose.length);
    }

    /** Say whether a failure is told with its stack trace. */
    public final boolean traces() {
        return verbose.length > 1;
    }

    /** Return when to colour. */
    protected final Color color() {
        return color;
    }

    protected final Style style() {
        return switch (color) {
            case ALWAYS -> Style.COLOURED;
            case NEVER -> Style.PLAIN;
            case AUTO -> Style.automatic(Terminal.CURRENT.out());
        };
    }
}
