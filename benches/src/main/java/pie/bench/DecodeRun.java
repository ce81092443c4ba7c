package pie.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measure what engine and driver make of the device, beside llama.cpp on the same file: no guest, no HTTP on either side. */
@Command(
        name = "decode",
        description = {
            "Measure prefill and decode of the engine, in this JVM, in tokens/s.%n",
            "Rounds of pie and of llama.cpp's own benchmarks alternate; the ratio is that of each round.%n"
        },
        sortOptions = false)
final class DecodeRun implements Callable<Integer> {
    @Option(
            names = "--driver",
            paramLabel = "KIND",
            description =
                    "cpu or cuda; with cuda llama.cpp has all layers on the device too. Default: ${DEFAULT-VALUE}.")
    private String driver = "cpu";

    @Option(names = "--prefill", paramLabel = "N", description = "Tokens of the prefill. Default: ${DEFAULT-VALUE}.")
    private int prefill = 512;

    @Option(names = "--streams", split = ",", description = "Streams decoded at once. Default: ${DEFAULT-VALUE}.")
    private List<Integer> streams = List.of(1, 8, 32);

    @Option(names = "--prompt-tokens", description = "Context before a stream decodes. Default: ${DEFAULT-VALUE}.")
    private int promptTokens = 64;

    @Option(names = "--max-tokens", description = "Tokens of each stream. Default: ${DEFAULT-VALUE}.")
    private int maxTokens = 64;

    @Option(
            names = "--driver-option",
            paramLabel = "NAME=VALUE",
            description = "Of the driver, such as kernels=vector or activations=int8; may be given again.")
    private Map<String, String> driverOptions = new LinkedHashMap<>();

    @Option(names = "--llama-bench", paramLabel = "PATH", description = "llama.cpp's llama-bench, for the prefill.")
    private @Nullable Path llamaBench;

    @Option(
            names = "--llama-batched-bench",
            paramLabel = "PATH",
            description = "llama.cpp's llama-batched-bench, for the streams.")
    private @Nullable Path llamaBatchedBench;

    @Mixin
    private EngineOptions options = new EngineOptions(5);

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path file = options.file();
        int workers = options.threads();
        options.begin();
        options.report().put("driver", driver);
        options.report().put("driver_options", driverOptions);
        Map<String, List<Double>> pie = new LinkedHashMap<>();
        Map<String, List<Double>> peer = new LinkedHashMap<>();
        try (EngineTarget target = EngineTarget.open(driver, file, workers, driverOptions)) {
            options.report().line("%s", target.engine().capabilities().kernels());
            options.report().put("kernels", target.engine().capabilities().kernels());
            var decode = new EngineDecode(target.engine());
            for (int round = -1; round < options.rounds(); round++) { // round -1 warms up and is not kept
                Map<String, Double> figures = measure(decode, round);
                if (round >= 0) {
                    keep(figures, pie);
                    keep(llama(file, workers), peer);
                }
            }
        }
        options.report().put("results", results(pie, peer));
        options.report().write();
        return 0;
    }

    private Map<String, Double> measure(EngineDecode decode, int round) throws InterruptedException {
        var figures = new LinkedHashMap<String, Double>();
        figures.put(prefillName(prefill), decode.prefill(prefill, round));
        for (int n : streams) {
            figures.put(streamsName(n), decode.streams(n, promptTokens, maxTokens, round));
        }
        return figures;
    }

    private Map<String, Double> llama(Path file, int workers) throws IOException, InterruptedException {
        var figures = new LinkedHashMap<String, Double>();
        if (llamaBench != null) {
            figures.putAll(new LlamaBench(file, workers, driver.equals("cuda")).prefill(llamaBench, prefill));
        }
        if (llamaBatchedBench != null) {
            figures.putAll(new LlamaBench(file, workers, driver.equals("cuda"))
                    .streams(llamaBatchedBench, promptTokens, maxTokens, streams));
        }
        return figures;
    }

    static String prefillName(int tokens) {
        return "prefill " + tokens;
    }

    static String streamsName(int n) {
        return n == 1 ? "1 stream" : n + " streams";
    }

    private static void keep(Map<String, Double> figures, Map<String, List<Double>> all) {
        figures.forEach((name, value) ->
                all.computeIfAbsent(name, n -> new ArrayList<>()).add(value));
    }

    private List<Object> results(Map<String, List<Double>> pie, Map<String, List<Double>> peer) {
        List<Object> results = new ArrayList<>();
        options.report().line("%n%-14s %-26s %-26s %s", "tokens/s", "pie", peer.isEmpty() ? "" : "llama.cpp", "");
        pie.forEach((name, own) -> {
            List<Double> other = peer.getOrDefault(name, List.of());
            Spread ratio = ratio(own, other);
            options.report()
                    .line(
                            "%-14s %-26s %-26s %s",
                            name,
                            Spread.of(own),
                            other.isEmpty() ? "" : Spread.of(other),
                            other.isEmpty()
                                    ? ""
                                    : String.format(
                                            java.util.Locale.ROOT,
                                            "x %.2f (%.2f-%.2f)",
                                            ratio.median(),
                                            ratio.min(),
                                            ratio.max()));
            var json = new LinkedHashMap<String, Object>();
            json.put("case", name);
            json.put("pie_tok_per_s", Spread.of(own).json());
            if (!other.isEmpty()) {
                json.put("llamacpp_tok_per_s", Spread.of(other).json());
                json.put("ratio", ratio.json());
            }
            results.add(json);
        });
        return results;
    }

    /** Divide round by round. */
    static Spread ratio(List<Double> own, List<Double> other) {
        double[] ratios = new double[Math.min(own.size(), other.size())];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = own.get(i) / other.get(i);
        }
        return Spread.of(ratios);
    }
}
