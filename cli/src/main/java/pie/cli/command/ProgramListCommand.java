package pie.cli.command;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import pie.cli.Json;
import pie.cli.models.Sizes;
import tools.jackson.databind.JsonNode;

/** List stored programs. */
@Command(
        name = "list",
        description = "List the programs that a running server keeps, the newest version of each.%n",
        footer = {
            "",
            "Examples:",
            "  pie program list",
            "  pie program list chat",
            "  pie program list --json | jq -r '.items[].name'"
        })
public final class ProgramListCommand extends ClientCommand {
    private static final List<String> HEAD = List.of("NAME", "VERSION", "LANGUAGE", "DESCRIPTION", "SIZE", "AGE");
    private static final int FIRST_NUMBER = 4;

    @Parameters(arity = "0..1", paramLabel = "WORDS", description = "Those whose name or description has them.")
    private String words = "";

    @Option(names = "--json", description = "Print one JSON document.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
        JsonNode found = client().get(ProgramPaths.list(words));
        if (json) {
            out().println(Json.pretty(found));
            return 0;
        }
        Instant now = Instant.now();
        List<List<String>> rows = new ArrayList<>();
        rows.add(HEAD);
        found.path("items").forEach(program -> rows.add(row(program, now)));
        table(rows, FIRST_NUMBER);
        return 0;
    }

    private static List<String> row(JsonNode program, Instant now) {
        Duration age = Duration.between(Instant.parse(program.path("created").asString()), now);
        return List.of(
                program.path("name").asString(),
                program.path("version").asString(),
                program.path("language").asString(),
                program.path("description").asString(),
                Sizes.text(program.path("size").asLong()),
                Processes.age(Math.max(0, age.toMillis())));
    }
}
