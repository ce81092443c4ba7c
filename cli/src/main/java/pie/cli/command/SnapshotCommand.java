package pie.cli.command;

import picocli.CommandLine.Command;

/** Gather the verbs about snapshots. */
@Command(
        name = "snapshot",
        description = "List and remove the snapshots of a running server.%n",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {SnapshotListCommand.class, SnapshotRmCommand.class},
        footer = {"", "Examples:", "  pie snapshot list talk/", "  pie snapshot rm talk/anna"})
public final class SnapshotCommand extends PieCommand {
    @Override
    public Integer call() {
        spec.commandLine().usage(out());
        return 0;
    }
}
