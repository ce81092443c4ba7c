package pie.cli.command;

import picocli.CommandLine.Command;

/** Gather the verbs about stored programs. */
@Command(
        name = "program",
        description = "Store, list, describe and remove programs on a running server.%n",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            ProgramAddCommand.class,
            ProgramListCommand.class,
            ProgramInfoCommand.class,
            ProgramRmCommand.class
        },
        footer = {
            "",
            "Examples:",
            "  pie program add examples/python/hello.py --version 1.0.0",
            "  pie program list",
            "  pie launch hello",
            "  pie program rm hello@1.0.0"
        })
public final class ProgramCommand extends PieCommand {
    @Override
    public Integer call() {
        spec.commandLine().usage(out());
        return 0;
    }
}
