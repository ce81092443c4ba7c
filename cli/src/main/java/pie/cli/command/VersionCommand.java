package pie.cli.command;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import pie.cli.Build;
import pie.cli.Json;

/** Print what is running. */
@Command(
        name = "version",
        description = "Print version, build and JVM.%n",
        footer = {"", "Examples:", "  pie version", "  pie version --json"})
public final class VersionCommand extends PieCommand {
    @Option(names = "--json", description = "Print one JSON document.")
    private boolean json;

    @Override
    public Integer call() {
        Build build = Build.load();
        if (json) {
            out().println(Json.pretty(build.json()));
        } else {
            out().println(build.line());
            if (!quiet) {
                out().println("jvm " + build.jvm());
                out().println("api v1");
            }
        }
        return 0;
    }
}
