package pie.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import pie.engine.ContextHandle;
import pie.engine.Engine;
import pie.engine.driver.ProbeKind;
import pie.engine.generate.PassSpec;
import pie.engine.generate.ProbeSpec;
import pie.engine.generate.ProbeValue;
import pie.engine.model.ModelFiles;
import pie.engine.model.Models;
import pie.engine.process.Budget;
import pie.engine.process.OwnerId;
import pie.engine.process.ProcessId;

/** Measure what each type of packed weights costs and loses: perplexity of a text, agreement with f32, speed. */
@Command(
        name = "weights",
        description = {
            "Measure the weight types of the CPU driver, in this JVM: memory that packed weights take, perplexity of a text,",
            "how often the likeliest next token is that of f32, and tokens/s.%n"
        },
        footer = {
            "",
            "Examples:",
            "  pie bench weights",
            "  pie bench weights --types f32,auto,int8 --rounds 5 --json weights.json"
        },
        sortOptions = false)
final class WeightsRun implements Callable<Integer> {
    private static final int CHUNK = 128;

    @Option(names = "--types", split = ",", description = "Weight types, f32 first. Default: ${DEFAULT-VALUE}.")
    private List<String> types = List.of("f32", "auto", "f16", "bf16", "int8", "int4");

    @Mixin
    private EngineOptions options = new EngineOptions(3);

    /** What a model makes of a text: nats in all, and the likeliest token after each. */
    private record Reading(double nats, int[] likeliest) {
        double perplexity() {
            return Math.exp(nats / likeliest.length);
        }
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path file = options.file();
        int workers = options.threads();
        options.begin();
        int[] text = text(file);
        List<Object> results = new ArrayList<>();
        int[] exact = {};
        options.report()
                .line(
                        "%-6s %-28s %8s %10s %10s %14s %14s",
                        "type", "kernels", "MiB", "perplexity", "agreement", "1 stream", "prefill 256");
        for (String type : types) {
            try (EngineTarget target = EngineTarget.open("cpu", file, workers, Map.of("weights", type))) {
                long bytes = target.engine().device().memoryUsed(); // no page has been written yet
                Reading reading = read(target.engine(), text);
                exact = exact.length == 0 ? reading.likeliest : exact;
                results.add(told(type, target.engine(), bytes, reading, agreement(exact, reading.likeliest)));
            }
        }
        options.report().put("results", results);
        options.report().write();
        return 0;
    }

    private static int[] text(Path file) throws IOException {
        try (InputStream in = WeightsRun.class.getResourceAsStream("/weights/text.txt");
                ModelFiles files = Models.open(file)) {
            if (in == null) {
                throw new IllegalStateException("no resource weights/text.txt");
            }
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return files.tokenizer().encode(text, false);
        }
    }

    private static Reading read(Engine engine, int[] text) {
        double nats = 0;
        int[] likeliest = new int[text.length - 1];
        ProcessId process = ProcessId.random();
        engine.openProcess(process, OwnerId.LOCAL, Budget.UNLIMITED, 0);
        try (ContextHandle context = engine.createContext(process, false)) {
            for (int from = 0; from < likeliest.length; from += CHUNK) {
                int rows = Math.min(CHUNK, likeliest.length - from);
                List<ProbeSpec> probes = new ArrayList<>();
                for (int row = 0; row < rows; row++) {
                    int[] next = {text[from + row + 1]};
                    probes.add(new ProbeSpec(row, ProbeKind.LOGPROBS, 1, 0, next, false));
                    probes.add(new ProbeSpec(row, ProbeKind.DISTRIBUTION, 1, 1, new int[0], false));
                }
                int[] tokens = Arrays.copyOfRange(text, from, from + rows);
                List<ProbeValue> seen = context.execute(
                                new PassSpec(tokens, null, List.of(), probes, null, null, null, true, false))
                        .join()
                        .probes();
                for (int row = 0; row < rows; row++) {
                    nats -= seen.get(2 * row).values()[0];
                    likeliest[from + row] = seen.get(2 * row + 1).ids()[0];
                }
            }
        } finally {
            engine.closeProcess(process).join();
        }
        return new Reading(nats, likeliest);
    }

    private static double agreement(int[] exact, int[] other) {
        int same = 0;
        for (int i = 0; i < exact.length; i++) {
            same += exact[i] == other[i] ? 1 : 0;
        }
        return (double) same / exact.length;
    }

    private Map<String, Object> told(String type, Engine engine, long bytes, Reading reading, double agreement)
            throws InterruptedException {
        EngineDecode decode = new EngineDecode(engine);
        List<Double> stream = new ArrayList<>();
        List<Double> prefill = new ArrayList<>();
        for (int round = -1; round < options.rounds(); round++) { // the first warms up and is not kept
            double fast = decode.prefill(256, round);
            double one = decode.streams(1, 64, 64, round);
            if (round >= 0) {
                prefill.add(fast);
                stream.add(one);
            }
        }
        String kernels = engine.capabilities().kernels();
        options.report()
                .line(
                        "%-6s %-28s %8.1f %10.3f %9.1f%% %14.1f %14.1f",
                        type,
                        kernels.contains(",") ? kernels.substring(0, kernels.indexOf(',')) : kernels,
                        bytes / 1048576.0,
                        reading.perplexity(),
                        100 * agreement,
                        Spread.of(stream).median(),
                        Spread.of(prefill).median());
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("type", type);
        json.put("kernels", kernels);
        json.put("weight_bytes", bytes);
        json.put("perplexity", reading.perplexity());
        json.put("agreement", agreement);
        json.put("one_stream_tok_per_s", Spread.of(stream).json());
        json.put("prefill_tok_per_s", Spread.of(prefill).json());
        return json;
    }
}
