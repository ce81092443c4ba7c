package pie.cli.command;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import pie.cli.Json;
import pie.cli.Terminal;
import pie.cli.client.PieClient;
import tools.jackson.databind.JsonNode;

/** List processes. */
@Command(
        name = "ps",
        description = "List the processes of a running server.%n",
        footer = {
            "",
            "Examples:",
            "  pie ps",
            "  pie ps -a",
            "  pie ps -w",
            "  pie ps --label run=7",
            "  pie ps --json | jq -r '.items[].id'"
        })
public final class PsCommand extends ClientCommand {
    private static final long REFRESH_MILLIS = 1000;

    @Option(
            names = {"-a", "--all"},
            description = "Those that have ended too, as long as the server keeps them.")
    private boolean all;

    @Option(
            names = {"-w", "--watch"},
            description = "Print it anew every second, until Ctrl-C.")
    private boolean watch;

    @Option(names = "--label", paramLabel = "NAME=VALUE", description = "Only those with this label. May be repeated.")
    private Map<String, String> labels = new LinkedHashMap<>();

    @Option(names = "--json", description = "Print one JSON document.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
        PieClient client = client();
        if (!watch) {
            print(list(client));
            return 0;
        }
        while (true) {
            List<JsonNode> processes = list(client);
            if (Terminal.CURRENT.out() && !json) {
                out().print("\u001b[H\u001b[2J");
            }
            print(processes);
            Thread.sleep(REFRESH_MILLIS);
        }
    }

    private List<JsonNode> list(PieClient client) throws InterruptedException {
        List<JsonNode> found = new ArrayList<>();
        for (JsonNode process : client.get(query()).path("items")) {
            if (all || !Processes.ended(process)) {
                found.add(process);
            }
        }
        return found;
    }

    private String query() {
        var query = new StringBuilder("/v1/processes?limit=1000");
        labels.forEach((name, value) ->
                query.append("&label=").append(URLEncoder.encode(name + ":" + value, StandardCharsets.UTF_8)));
        return query.toString();
    }

    private void print(List<JsonNode> processes) {
        if (json) {
            out().println(Json.pretty(Map.of("items", processes)));
        } else {
            table(Processes.rows(processes), Processes.FIRST_NUMBER);
        }
        out().flush();
    }
}
