package pie.cli.command;

import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import pie.cli.EventPrinter;
import pie.cli.Json;
import pie.cli.client.EventFeed;
import pie.cli.client.PieClient;
import tools.jackson.databind.JsonNode;

/** Start a program on a server and leave it running. */
@Command(
        name = "launch",
        description = "Start a program on a running server and print its id.%n",
        footer = {
            "",
            "Examples:",
            "  pie launch examples/python/hello.py",
            "  pie launch -f chat.js -- --interactive",
            "  pie launch agent.py --label run=7; pie ps --label run=7",
            "  id=$(pie launch agent.py --input @task.json); pie logs -f $id"
        })
public final class LaunchCommand extends ClientCommand {
    @Mixin
    private LaunchOptions launch = new LaunchOptions();

    @Mixin
    private AskOptions asks = new AskOptions();

    @Option(
            names = {"-f", "--follow"},
            description = "Print what it says until it ends.")
    private boolean follow;

    @Option(names = "--events", description = "With -f: print each event as one line of JSON.")
    private boolean events;

    @Option(names = "--record", description = "Record the run, for pie replay ID.")
    private boolean record;

    @Option(names = "--profile", description = "Keep a timeline of the run, for pie profile ID.")
    private boolean profile;

    @Option(
            names = "--label",
            paramLabel = "NAME=VALUE",
            description = "Label to find it by, with pie ps --label or in the monitor. May be repeated.")
    private Map<String, String> labels = new LinkedHashMap<>();

    @Option(names = "--json", description = "Print the process object instead of the id.")
    private boolean json;

    private Map<String, Object> body() {
        Map<String, Object> body = launch.body(true, asks);
        if (record) {
            body.put("record", true);
        }
        if (profile) {
            body.put("profile", true);
        }
        if (!labels.isEmpty()) {
            body.put("labels", labels);
        }
        return body;
    }

    @Override
    public Integer call() throws InterruptedException {
        PieClient client = client();
        JsonNode process = client.post("/v1/processes", body());
        String id = process.path("id").asString();
        if (json) {
            out().println(Json.pretty(process));
        } else if (follow) {
            err().println("process " + id);
        } else {
            out().println(id);
        }
        out().flush();
        if (!follow) {
            return 0;
        }
        EventPrinter printer = printer(events);
        EventFeed.follow(client, id, 0, true, printer);
        return printer.exitCode();
    }
}
