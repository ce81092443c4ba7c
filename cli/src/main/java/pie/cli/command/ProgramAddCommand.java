package pie.cli.command;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import pie.cli.Json;
import pie.cli.ProgramFile;
import pie.cli.ProgramUpload;
import tools.jackson.databind.JsonNode;

/** Store a program. */
@Command(
        name = "add",
        description = "Store a program on a running server under a name and a version.%n",
        footer = {
            "",
            "Examples:",
            "  pie program add hello.py --version 1.0.0",
            "  pie program add agent/            a folder; its Pie.toml says name and version",
            "  pie program add agent/ --force    replace what this version was"
        })
public final class ProgramAddCommand extends ClientCommand {
    @Parameters(paramLabel = "PATH", description = "Source file, or folder of a program.")
    private String path = "";

    @Option(names = "--name", paramLabel = "NAME", description = "Default: that of Pie.toml, else of the file.")
    private @Nullable String name;

    @Option(names = "--version", paramLabel = "VERSION", description = "Default: that of Pie.toml, else 0.1.0.")
    private @Nullable String version;

    @Option(
            names = "--lang",
            paramLabel = "LANG",
            description = "python, javascript, typescript or java; for odd names.")
    private String language = "";

    @Option(names = "--force", description = "Replace other content of the same version.")
    private boolean force;

    @Option(names = "--private", description = "Keep it for its owner: nobody else finds or launches it.")
    private boolean hidden;

    @Option(names = "--json", description = "Print one JSON document.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
        ProgramUpload upload = ProgramUpload.of(
                ProgramFile.read(path, language, System.in), Optional.ofNullable(name), Optional.ofNullable(version));
        JsonNode stored = client().put(
                        ProgramPaths.version(upload.name(), upload.version()) + "?force=" + force + "&private="
                                + hidden,
                        upload.content(),
                        "application/zip");
        stored.path("warnings").forEach(warning -> err().println("pie: warning: " + warning.asString()));
        if (json) {
            out().println(Json.pretty(stored));
        } else if (!quiet) {
            out().println("stored " + upload.name() + "@" + upload.version());
        }
        return 0;
    }
}
