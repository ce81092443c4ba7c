package pie.cli;

import java.io.PrintWriter;
import java.util.Arrays;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import pie.cli.command.PieCommand;
import pie.engine.ErrorCode;
import pie.engine.PieException;

/** The root command. */
@Command(
        name = "pie",
        description = "Run programs beside a language model.%n",
        sortOptions = false,
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "Examples:",
            "  pie run examples/python/hello.py      run a program on this machine",
            "  pie serve                             serve programs over HTTP",
            "  pie doctor                            see what this machine offers",
            "",
            "pie COMMAND --help tells more about a command."
        })
final class Pie {
    /** Commands that tell what is wrong with options set elsewhere, and so take none of them. */
    private static final Set<String> SEES_SETTINGS = Set.of("config", "doctor");

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Print this help and exit.")
    private boolean help;

    @Option(names = "--version", versionHelp = true, description = "Print the version and exit.")
    private boolean version;

    /**
     * Run a command line and return its exit code; never throws.
     *
     * @param settings reads what is set elsewhere
     */
    static int run(String[] args, Supplier<Settings> settings, PrintWriter out, PrintWriter err) {
        String[] words = args.length == 0 ? new String[] {"--help"} : args;
        String[] joined;
        try {
            @Nullable String called = called(words);
            joined = called == null || SEES_SETTINGS.contains(called)
                    ? words
                    : settings.get().joined(() -> commandLine(words), called, words);
        } catch (PieException e) {
            err.println("pie: " + e.message());
            return e.code().exitCode();
        }
        return commandLine(joined).setOut(out).setErr(err).execute(joined);
    }

    /** Return the command, the first word that is no option. */
    private static @Nullable String called(String... words) {
        return Arrays.stream(words).filter(w -> !w.startsWith("-")).findFirst().orElse(null);
    }

    /** Return the root with the command that {@code args} call, and with mere names of the others. */
    static CommandLine commandLine(String... args) {
        CommandLine root = new CommandLine(new Pie());
        @Nullable String called = called(args);
        Verb.HIDDEN.stream()
                .filter(v -> v.name().equals(called))
                .forEach(v -> root.addSubcommand(
                        v.name(), configured(new CommandLine(v.command().get()))));
        for (Verb verb : Verb.ALL) {
            if (verb.name().equals(called)) {
                root.addSubcommand(
                        verb.name(), configured(new CommandLine(verb.command().get())));
            } else {
                CommandSpec name = CommandSpec.create().name(verb.name());
                name.usageMessage().description(verb.summary());
                root.addSubcommand(verb.name(), name);
            }
        }
        return configured(root);
    }

    /** Return the root with every command whole, for completion scripts and tests. */
    static CommandLine whole() {
        CommandLine root = new CommandLine(new Pie());
        for (Verb verb : Verb.ALL) {
            root.addSubcommand(
                    verb.name(), configured(new CommandLine(verb.command().get())));
        }
        return configured(root);
    }

    private static CommandLine configured(CommandLine line) {
        line.getCommandSpec().versionProvider(() -> new String[] {Build.load().line()});
        return line.setUsageHelpWidth(100)
                .setUsageHelpLongOptionsMaxWidth(32)
                .setColorScheme(CommandLine.Help.defaultColorScheme(
                        Style.automatic(Terminal.CURRENT.out()) == Style.COLOURED ? Ansi.ON : Ansi.OFF))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(Pie::usage)
                .setExecutionExceptionHandler(Pie::failed);
    }

    private static int usage(ParameterException e, String[] args) {
        CommandLine line = e.getCommandLine();
        line.getErr().println("pie: " + Suggestions.explain(e));
        line.getErr().println("     " + line.getCommandSpec().qualifiedName() + " --help shows what is possible");
        return ErrorCode.INVALID_ARGUMENT.exitCode();
    }

    private static int failed(Exception e, CommandLine line, ParseResult result) {
        boolean traces = line.getCommand() instanceof PieCommand c && c.traces();
        PrintWriter err = line.getErr();
        int code;
        if (e instanceof PieException p) {
            err.println("pie: " + p.message());
            code = p.code().exitCode();
        } else {
            err.println("pie: internal error: " + e + (traces ? "" : " (-vv shows where)"));
            code = ErrorCode.INTERNAL.exitCode();
        }
        if (traces) {
            e.printStackTrace(err);
        }
        return code;
    }
}
