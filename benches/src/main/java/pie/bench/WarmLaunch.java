package pie.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measure how long a program takes from the request to its first line, one at a time and a hundred at once. */
@Command(
        name = "warm",
        description = "Measure launches: from the request to the program's first line.%n",
        sortOptions = false)
final class WarmLaunch implements Callable<Integer> {
    @Option(names = "--languages", split = ",", description = "Default: ${DEFAULT-VALUE}.")
    private List<String> languages = List.of("python", "javascript", "java");

    @Option(names = "--launches", description = "Launches of each language, one at a time. Default: ${DEFAULT-VALUE}.")
    private int launches = 50;

    @Option(
            names = "--before",
            description = "Launches before those, so that the server's own code is warm. Default: ${DEFAULT-VALUE}.")
    private int before = 100;

    @Option(
            names = "--pause-ms",
            description = "Pause before each, in which the pool refills. Default: ${DEFAULT-VALUE}.")
    private int pauseMillis = 250;

    @Option(names = "--at-once", description = "Launches sent together at the end. Default: ${DEFAULT-VALUE}.")
    private int atOnce = 100;

    @Mixin
    private PieOptions pie = new PieOptions();

    @Mixin
    private Report report = new Report();

    @Override
    public Integer call() throws IOException, InterruptedException {
        report.environment(Environment.json());
        List<Object> results = new ArrayList<>();
        long failed = 0;
        try (PieOptions.Server server = pie.open()) {
            for (String language : languages) {
                var target = new PieTarget(server.url(), server.token(), language, "hello");
                failed += measure(target, results);
            }
        }
        report.put("results", results);
        report.write();
        return failed == 0 ? 0 : 1;
    }

    private long measure(PieTarget target, List<Object> results) throws InterruptedException {
        List<Map<String, Integer>> inputs =
                IntStream.range(0, launches).mapToObj(n -> Map.of("n", n)).toList();
        ClosedLoop.Call<Map<String, Integer>> paused = input -> {
            Thread.sleep(pauseMillis);
            return target.launch(input);
        };
        List<Map<String, Integer>> first =
                IntStream.range(0, before).mapToObj(n -> Map.of("n", n)).toList();
        ClosedLoop.run(first, 1, paused);
        ClosedLoop.Round alone = ClosedLoop.run(inputs, 1, paused);
        List<Map<String, Integer>> crowd =
                IntStream.range(0, atOnce).mapToObj(n -> Map.of("n", n)).toList();
        ClosedLoop.Round together = ClosedLoop.run(crowd, atOnce, target::launch);

        Percentiles line = Percentiles.of(alone.samples(), Sample::first);
        Percentiles crowded = Percentiles.of(together.samples(), Sample::first);
        report.line("%n%s", target.name());
        report.line("  one at a time, to the first line  %s", line);
        report.line(
                "  %d at once, to the first line     %s; all done in %.0f ms, %d failed",
                atOnce, crowded, together.wallNanos() / 1e6, together.failed());
        var json = new LinkedHashMap<String, Object>();
        json.put("target", target.name());
        json.put("first_line_ms", line.json());
        json.put("end_ms", Percentiles.of(alone.samples(), Sample::last).json());
        json.put("at_once", atOnce);
        json.put("at_once_first_line_ms", crowded.json());
        json.put("at_once_wall_ms", together.wallNanos() / 1e6);
        json.put("failed", alone.failed() + together.failed());
        results.add(json);
        return alone.failed() + together.failed();
    }
}
