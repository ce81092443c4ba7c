package pie.bench;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.ToDoubleFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Measure what watching costs: the engine's loop nothing, and the server the time of a snapshot. */
@Command(
        name = "watch",
        description = {
            "Measure what watching costs with many live programs: the engine's loop while its figures are read,",
            "and the time that the server takes for a snapshot of its statistics.%n"
        },
        sortOptions = false)
final class WatchBench implements Callable<Integer> {
    private static final double MOST_MILLIS = 5;
    private static final int WARM = 200;

    @Option(names = "--programs", description = "Live programs. Default: ${DEFAULT-VALUE}.")
    private int programs = 1000;

    @Option(names = "--rounds", description = "Rounds of the loop's part, in turns. Default: ${DEFAULT-VALUE}.")
    private int rounds = 5;

    @Option(names = "--looks", description = "Snapshots asked of the server. Default: ${DEFAULT-VALUE}.")
    private int looks = 200;

    @Mixin
    private PieOptions pie = new PieOptions();

    @Mixin
    private Report report = new Report();

    @Override
    public Integer call() throws IOException, InterruptedException {
        report.environment(Environment.json());
        loop();
        double median = server();
        report.write();
        return median < MOST_MILLIS ? 0 : 1;
    }

    private void loop() throws IOException, InterruptedException {
        Map<LoopWatch.Looks, List<LoopWatch.Cost>> costs = new EnumMap<>(LoopWatch.Looks.class);
        try (var watch = new LoopWatch(pie.modelFile(), programs)) {
            watch.measure(LoopWatch.Looks.ALWAYS); // warms up
            for (int round = 0; round < rounds; round++) {
                for (LoopWatch.Looks l : LoopWatch.Looks.values()) {
                    costs.computeIfAbsent(l, x -> new ArrayList<>()).add(watch.measure(l));
                }
            }
        }
        report.line("%nthe engine's loop, %d live programs, 32 of them in each step: what a step costs it", programs);
        List<Object> json = new ArrayList<>();
        costs.forEach((l, of) -> {
            Spread micros = spread(of, LoopWatch.Cost::micros);
            Spread bytes = spread(of, LoopWatch.Cost::bytes);
            Spread look = spread(of, LoopWatch.Cost::lookMicros);
            report.line("  %-22s %s us, %s bytes; a look takes %s us", l.title, micros, bytes, look);
            json.add(Map.of(
                    "looks",
                    l.name().toLowerCase(Locale.ROOT),
                    "step_us",
                    micros.json(),
                    "step_bytes",
                    bytes.json(),
                    "look_us",
                    look.json()));
        });
        report.put("loop", json);
    }

    private static Spread spread(List<LoopWatch.Cost> costs, ToDoubleFunction<LoopWatch.Cost> of) {
        return Spread.of(costs.stream().mapToDouble(of).toArray());
    }

    /** Keep plain generations in flight, each a live process, and ask for snapshots meanwhile. Return the median, ms. */
    private double server() throws IOException, InterruptedException {
        var over = new AtomicBoolean();
        List<Thread> clients = new ArrayList<>();
        List<Sample> built = new ArrayList<>();
        List<Sample> answered = new ArrayList<>();
        int seen = Integer.MAX_VALUE;
        try (PieOptions.Server server = pie.open("--driver", "dummy", "--pages", "200000")) {
            for (int i = 0; i < programs; i++) {
                int n = i;
                clients.add(Thread.ofVirtual().start(() -> ask(server, n, over)));
            }
            while (server.stats().path("processes").size() < programs * 9 / 10) {
                Thread.sleep(50);
            }
            for (int i = 0; i < WARM + looks; i++) {
                long begun = System.nanoTime();
                JsonNode json = server.stats();
                long nanos = System.nanoTime() - begun;
                if (i >= WARM) {
                    seen = Math.min(seen, json.path("processes").size());
                    double millis = json.path("snapshot_ms").asDouble();
                    built.add(new Sample(0, 0, (long) (millis * 1e6), 1, ""));
                    answered.add(new Sample(0, 0, nanos, 1, ""));
                }
                Thread.sleep(20);
            }
            over.set(true);
        }
        for (Thread client : clients) {
            client.join();
        }
        Percentiles build = Percentiles.of(built, Sample::last);
        Percentiles whole = Percentiles.of(answered, Sample::last);
        report.line("%na snapshot of the server, at least %d live programs in it", seen);
        report.line("  building it         %s", build);
        report.line("  the whole request   %s", whole);
        var json = new LinkedHashMap<String, Object>();
        json.put("programs", seen);
        json.put("build_ms", build.json());
        json.put("request_ms", whole.json());
        report.put("server", json);
        return build.p50();
    }

    private void ask(PieOptions.Server server, int n, AtomicBoolean over) {
        var body =
                Map.of("prompt", new int[] {100 + n, 7, 11}, "max_tokens", 1000, "temperature", 0, "ignore_eos", true);
        try {
            while (!over.get()) {
                var request = server.request("/v1/completions")
                        .POST(BodyPublishers.ofString(JsonMapper.shared().writeValueAsString(body)));
                server.send(request, BodyHandlers.discarding());
            }
        } catch (IOException e) {
            if (!over.get()) {
                report.line("a request failed: %s", e.getMessage());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
