package pie.cli.command;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import pie.cli.Json;
import tools.jackson.databind.JsonNode;

/** List apps. */
@Command(
        name = "list",
        description = "List the programs that answer HTTP requests on a running server.%n",
        footer = {"", "Examples:", "  pie app list", "  pie app list --json | jq -r '.items[].url'"})
public final class AppListCommand extends ClientCommand {
    private static final List<String> HEAD = List.of("APP", "PROGRAM", "STATE", "URL", "REQUESTS", "NOW", "ERRORS");
    private static final int FIRST_NUMBER = 4;

    @Option(names = "--json", description = "Print one JSON document.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
        JsonNode found = client().get("/v1/apps");
        if (json) {
            out().println(Json.pretty(found));
            return 0;
        }
        List<List<String>> rows = new ArrayList<>();
        rows.add(HEAD);
        found.path("items")
                .forEach(app -> rows.add(List.of(
                        app.path("name").asString(),
                        app.path("program").asString(),
                        app.path("state").asString(),
                        app.path("url").asString(),
                        app.path("requests").asString(),
                        app.path("in_flight").asString(),
                        app.path("errors").asString())));
        table(rows, FIRST_NUMBER);
        return 0;
    }
}
