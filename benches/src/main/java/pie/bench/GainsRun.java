package pie.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** Measure what is gained by doing a task in a program beside the model and not by requests from a client. */
@Command(
        name = "gains",
        description = {
            "Do tasks as a Python program and as client code that sends requests to /v1/completions of the same server.%n",
            "Both have to come to the same ids. The client finds in the server's pages what was computed for it before.%n"
        },
        sortOptions = false)
final class GainsRun implements Callable<Integer> {
    @Option(names = "--tasks", description = "Tasks at once. Default: ${DEFAULT-VALUE}.")
    private int tasks = 4;

    @Mixin
    private Repeats repeats = new Repeats(5);

    @Mixin
    private PieOptions pie = new PieOptions();

    @Mixin
    private Report report = new Report();

    @Override
    public Integer call() throws IOException, InterruptedException {
        report.environment(Environment.json());
        report.put("tasks", tasks);
        List<Object> results = new ArrayList<>();
        try (PieOptions.Server server = pie.open()) {
            for (Gain gain : Gains.all()) {
                results.add(measure(gain, server));
            }
        }
        report.put("results", results);
        report.write();
        return 0;
    }

    private Map<String, Object> measure(Gain gain, PieOptions.Server server) throws IOException, InterruptedException {
        var target = new PieTarget(server.url(), server.token(), "python", gain.file());
        Map<String, Way> ways = new LinkedHashMap<>();
        ways.put("program", new Way(gain, server, task -> ids(target.result(task.input())), 0));
        ways.put("client", new Way(gain, server, task -> gain.client().run(asking(server), task), 1));
        requireSame(gain, ways);
        Map<String, List<AtOnce<int[]>>> rounds = Turns.run(
                ways,
                -1,
                repeats.count(),
                (way, repeat) -> way.run(tasks, Prompt.seed(repeats.seed(), way.drawnAs(), repeat + 1)));
        return told(gain, rounds);
    }

    /** Stand for one way to do a task; each has texts of its own, as one would find the other's in the server's pages. */
    private record Way(Gain gain, PieOptions.Server server, Doing doing, int drawnAs) {
        interface Doing {
            int[] ids(Gain.Task task) throws IOException, InterruptedException;
        }

        AtOnce<int[]> run(int tasks, long seed) throws IOException, InterruptedException {
            return AtOnce.run(
                    Optional.of(server), tasks, n -> doing.ids(gain.drawing().task(seed + 100L * n)));
        }
    }

    private void requireSame(Gain gain, Map<String, Way> ways) throws IOException, InterruptedException {
        List<int[]> ids = new ArrayList<>();
        for (Way way : ways.values()) {
            ids.add(way.run(1, repeats.seed()).results().getFirst());
        }
        if (!Arrays.equals(ids.getFirst(), ids.getLast())) {
            throw new IOException(gain.name() + ": the program came to " + Arrays.toString(ids.getFirst())
                    + ", the client to " + Arrays.toString(ids.getLast()));
        }
    }

    private static Gain.Asking asking(PieOptions.Server server) {
        return (prompt, more) -> {
            var fields = new LinkedHashMap<String, Object>(more);
            fields.put("return_token_ids", true);
            return new CompletionsAsker("pie", server.url(), server.token(), "", fields).tokens(prompt);
        };
    }

    private static int[] ids(JsonNode result) {
        return result.path("ids").valueStream().mapToInt(JsonNode::asInt).toArray();
    }

    private Map<String, Object> told(Gain gain, Map<String, List<AtOnce<int[]>>> rounds) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("task", gain.name());
        json.put("requests", gain.requests());
        Map<String, List<Double>> seconds = new LinkedHashMap<>();
        rounds.forEach((way, of) -> {
            seconds.put(way, of.stream().map(AtOnce::seconds).toList());
            Spread computed = Spread.of(of.stream()
                    .mapToDouble(round -> round.computed() / (double) tasks)
                    .toArray());
            Spread milliseconds = Spread.of(
                    of.stream().mapToDouble(round -> round.seconds() * 1e3).toArray());
            report.line(
                    "%-24s %-8s %2d requests a task  %6.0f rows computed a task  %s ms for %d at once",
                    gain.name(),
                    way,
                    way.equals("program") ? 1 : gain.requests(),
                    computed.median(),
                    milliseconds,
                    tasks);
            json.put(way + "_rows", computed.json());
            json.put(way + "_ms", milliseconds.json());
        });
        Spread ratio =
                DecodeRun.ratio(seconds.getOrDefault("client", List.of()), seconds.getOrDefault("program", List.of()));
        report.line(
                "%-24s the program is %.2f (%.2f-%.2f) times as fast",
                gain.name(), ratio.median(), ratio.min(), ratio.max());
        json.put("ratio", ratio.json());
        return json;
    }
}
