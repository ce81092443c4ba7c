package pie.cli.command;

import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import pie.cli.Json;
import tools.jackson.databind.JsonNode;

/** Describe a stored program. */
@Command(
        name = "info",
        description = "Describe a program that a running server keeps: versions, what it asks for, its parameters.%n",
        footer = {"", "Examples:", "  pie program info hello", "  pie program info hello@^1.2 --json"})
public final class ProgramInfoCommand extends ClientCommand {
    @Parameters(paramLabel = "NAME[@V]", description = "Program, with a version or a range; else the newest.")
    private String program = "";

    @Option(names = "--json", description = "Print one JSON document.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
        int at = program.indexOf('@');
        String name = at < 0 ? program : program.substring(0, at);
        JsonNode found = client().get(ProgramPaths.version(name, at < 0 ? "latest" : program.substring(at + 1)));
        if (json) {
            out().println(Json.pretty(found));
            return 0;
        }
        String versions = client().get(ProgramPaths.versions(name))
                .path("versions")
                .valueStream()
                .map(v -> v.path("version").asString())
                .collect(Collectors.joining(", "));
        for (String key : new String[] {
            "name", "version", "description", "language", "file", "entry", "owner", "created", "size", "checksum"
        }) {
            out().printf("%-20s %s%n", key, found.path(key).asString());
        }
        out().printf("%-20s %s%n", "versions", versions);
        found.path("permissions").properties().forEach(e -> out().printf("%-20s %s%n", e.getKey(), e.getValue()));
        found.path("manifest")
                .path("parameters")
                .properties()
                .forEach(e -> out().printf("%-20s %s%n", "parameter " + e.getKey(), e.getValue()));
        return 0;
    }
}
