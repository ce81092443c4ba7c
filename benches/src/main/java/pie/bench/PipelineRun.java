package pie.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import pie.engine.EngineConfig;
import pie.engine.EngineStats;

/** Measure what it is worth to plan a step while the one before it is computed. */
@Command(
        name = "pipeline",
        description = {
            "Measure decode with one and with two steps at the device, in this JVM, in tokens/s.%n",
            "Rounds of both alternate; the ratio is that of each round.%n"
        },
        sortOptions = false)
final class PipelineRun implements Callable<Integer> {
    @Option(names = "--streams", split = ",", description = "Streams decoded at once. Default: ${DEFAULT-VALUE}.")
    private List<Integer> streams = List.of(1, 8, 32);

    @Option(names = "--max-tokens", description = "Tokens of each stream. Default: ${DEFAULT-VALUE}.")
    private int maxTokens = 64;

    @Mixin
    private EngineOptions options = new EngineOptions(5);

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path file = options.file();
        int workers = options.threads();
        options.begin();
        List<Object> results = new ArrayList<>();
        try (EngineTarget one = EngineTarget.open(file, workers, EngineConfig.DEFAULT.withPipelineDepth(1));
                EngineTarget two = EngineTarget.open(file, workers, EngineConfig.DEFAULT.withPipelineDepth(2))) {
            for (int n : streams) {
                results.add(compare(n, one, two));
            }
        }
        options.report().put("results", results);
        options.report().write();
        return 0;
    }

    private Map<String, Object> compare(int n, EngineTarget one, EngineTarget two) {
        List<Double> single = new ArrayList<>();
        List<Double> doubled = new ArrayList<>();
        EngineStats before = two.engine().stats();
        for (int round = -1; round < options.rounds(); round++) { // round -1 warms up and is not kept
            double a = new EngineDecode(one.engine()).streams(n, 64, maxTokens, round);
            double b = new EngineDecode(two.engine()).streams(n, 64, maxTokens, round);
            if (round >= 0) {
                single.add(a);
                doubled.add(b);
            }
        }
        Spread ratio = DecodeRun.ratio(doubled, single);
        options.report()
                .line(
                        "%-12s one step %-24s two %-24s x %s, plan and settle %.1f us",
                        DecodeRun.streamsName(n),
                        Spread.of(single),
                        Spread.of(doubled),
                        String.format(Locale.ROOT, "%.3f (%.3f-%.3f)", ratio.median(), ratio.min(), ratio.max()),
                        EngineDecode.planMicros(before, two.engine().stats()));
        var json = new LinkedHashMap<String, Object>();
        json.put("case", DecodeRun.streamsName(n));
        json.put("one_step_tok_per_s", Spread.of(single).json());
        json.put("two_steps_tok_per_s", Spread.of(doubled).json());
        json.put("ratio", ratio.json());
        return json;
    }
}
