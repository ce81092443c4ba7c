package pie.cli.command;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import pie.cli.Json;
import pie.cli.models.Sizes;
import tools.jackson.databind.JsonNode;

/** List snapshots. */
@Command(
        name = "list",
        description = "List your snapshots on a running server, by name.%n",
        footer = {
            "",
            "Examples:",
            "  pie snapshot list",
            "  pie snapshot list talk/ --model smollm2-135m-instruct",
            "  pie snapshot list --json | jq -r '.items[].name'"
        })
public final class SnapshotListCommand extends ClientCommand {
    private static final List<String> HEAD = List.of("NAME", "MODEL", "TOKENS", "PAGES", "SIZE", "AGE", "EXPIRES IN");
    private static final int FIRST_NUMBER = 2;

    @Parameters(arity = "0..1", paramLabel = "PREFIX", description = "Those whose names begin so.")
    private String prefix = "";

    @Option(names = "--model", paramLabel = "NAME", description = "Those of one model.")
    private @Nullable String model;

    @Option(names = "--json", description = "Print one JSON document.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
        JsonNode found = client().get(SnapshotPaths.list(model, prefix));
        if (json) {
            out().println(Json.pretty(found));
            return 0;
        }
        Instant now = Instant.now();
        List<List<String>> rows = new ArrayList<>();
        rows.add(HEAD);
        found.path("items").forEach(snapshot -> rows.add(row(snapshot, now)));
        table(rows, FIRST_NUMBER);
        return 0;
    }

    private static List<String> row(JsonNode snapshot, Instant now) {
        JsonNode expires = snapshot.path("expires");
        return List.of(
                snapshot.path("name").asString(),
                snapshot.path("model").asString(),
                snapshot.path("tokens").asString(),
                snapshot.path("pages").asString(),
                Sizes.text(snapshot.path("bytes").asLong()),
                age(Instant.parse(snapshot.path("created").asString()), now),
                expires.isString() ? age(now, Instant.parse(expires.asString())) : "-");
    }

    private static String age(Instant from, Instant to) {
        return Processes.age(Math.max(0, Duration.between(from, to).toMillis()));
    }
}
