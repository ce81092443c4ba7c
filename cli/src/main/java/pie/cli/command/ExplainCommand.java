package pie.cli.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import pie.cli.Json;
import tools.jackson.databind.JsonNode;

/** Say why a process waits. */
@Command(
        name = "explain",
        description = {
            "Say why a process waits or runs slowly.%n",
            "First one sentence, then its contexts with their bids beside the price, the steps that they missed and what the market did to them.%n"
        },
        footer = {"", "Examples:", "  pie explain 3f2a", "  pie explain --json 3f2a | jq .summary"})
public final class ExplainCommand extends ClientCommand {
    private static final int EVENTS = 10;

    @Parameters(paramLabel = "ID", description = "Process, or the first four or more characters of its id.")
    private String id = "";

    @Option(names = "--json", description = "Print the whole record as JSON.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
        JsonNode record = client().get("/v1/processes/" + id + "/explain");
        if (json) {
            out().println(Json.pretty(record));
        } else {
            print(record);
        }
        out().flush();
        return 0;
    }

    private void print(JsonNode record) {
        String shortId = Processes.shorten(record.path("id").asString(""));
        out().println(style().bold(shortId + " " + record.path("summary").asString("")));
        out().println("balance " + credits(record.path("balance").asDouble(0)) + " credits, dividend "
                + credits(record.path("dividend").asDouble(0)) + " a step");
        if (quiet) {
            return;
        }
        contexts(record.path("contexts"));
        missed(record.path("missed").path("counts"));
        events(record.path("market"));
    }

    private void contexts(JsonNode contexts) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("CONTEXT", "STATE", "WAITED", "BOUND", "RANK", "BID", "PRICE", "RENT", "PAGES", "LOST"));
        for (JsonNode c : contexts) {
            JsonNode pages = c.path("pages");
            rows.add(List.of(
                    c.path("context").asString("?"),
                    c.path("state").asString("") + mark(c, "aged") + mark(c, "masked"),
                    seconds(c.path("waited_ms").asLong(0)),
                    seconds(c.path("bound_ms").asLong(0)),
                    c.path("rank").asInt(0) + "/" + c.path("ranked").asInt(0),
                    credits(c.path("effective_bid").asDouble(0)),
                    credits(c.path("price").asDouble(0)),
                    credits(c.path("rent").asDouble(0)),
                    pages.path("held").asInt(0) + "/" + pages.path("demand").asInt(0),
                    Long.toString(c.path("displacements").asLong(0))));
        }
        if (rows.size() > 1) {
            out().println();
            table(rows, 2);
        }
    }

    private static String mark(JsonNode context, String flag) {
        return context.path(flag).asBoolean(false) ? " (" + flag + ")" : "";
    }

    private void missed(JsonNode counts) {
        List<String> parts = new ArrayList<>();
        for (Map.Entry<String, JsonNode> count : counts.properties()) {
            if (count.getValue().asLong(0) > 0) {
                parts.add(count.getValue().asLong(0) + " " + count.getKey());
            }
        }
        out().println(parts.isEmpty() ? "missed no step" : "steps missed: " + String.join(", ", parts));
    }

    private void events(JsonNode events) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("TICK", "CONTEXT", "EVENT", "REASON", "BY", "OWN BID", "OTHER", "PRICE", "PAGES"));
        int skip = Math.max(0, events.size() - EVENTS);
        for (JsonNode e : events) {
            if (skip-- > 0) {
                continue;
            }
            JsonNode by = e.path("by");
            rows.add(List.of(
                    e.path("tick").asString("?"),
                    e.path("context").asString("?"),
                    e.path("kind").asString(""),
                    e.path("reason").asString(""),
                    by.isObject() ? Processes.shorten(by.path("process").asString("")) : "-",
                    credits(e.path("own_bid").asDouble(0)),
                    by.isObject() ? credits(e.path("other_bid").asDouble(0)) : "-",
                    credits(e.path("price").asDouble(0)),
                    e.path("pages").asString("0")));
        }
        if (rows.size() > 1) {
            out().println();
            table(rows, 2);
        }
    }

    private static String credits(double value) {
        return value == 0 ? "0" : String.format(Locale.ROOT, "%.4g", value);
    }

    private static String seconds(long millis) {
        return String.format(Locale.ROOT, "%.1fs", millis / 1e3);
    }
}
