package pie.cli.command;

import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Gather the verbs about options that are set outside of command lines. */
@Command(
        name = "config",
        description = "Show what options are set outside of command lines, or begin a file of them.%n",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {ConfigShowCommand.class, ConfigInitCommand.class, ConfigPathCommand.class},
        footer = {
            "",
            "A file in TOML has a table for each command and in it a key for each long option. A variable",
            "sets one option too. The command line wins over the variable, and that over the file.",
            "",
            "Examples:",
            "  pie config init                       write ~/.pie/config.toml, all of it commented out",
            "  pie config show",
            "  PIE_SERVE__PORT=9000 pie serve        as [serve] port = 9000 does in the file"
        })
public final class ConfigCommand extends PieCommand {
    private final Supplier<CommandLine> whole;

    /** @param whole makes the root with every command whole */
    public ConfigCommand(Supplier<CommandLine> whole) {
        this.whole = whole;
    }

    /** Return the root with every command whole. */
    CommandLine commands() {
        return whole.get();
    }

    @Override
    public Integer call() {
        spec.commandLine().usage(out());
        return 0;
    }
}
