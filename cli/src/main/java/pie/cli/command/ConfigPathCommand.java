package pie.cli.command;

import picocli.CommandLine.Command;
import pie.cli.Settings;

/** Print which file is read. */
@Command(
        name = "path",
        description = "Print the file that is read, whether it is there or not.%n",
        footer = {"", "Examples:", "  $EDITOR \"$(pie config path)\""})
final class ConfigPathCommand extends PieCommand {
    @Override
    public Integer call() {
        out().println(Settings.file());
        return 0;
    }
}
