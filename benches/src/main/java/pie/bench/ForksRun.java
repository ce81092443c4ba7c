package pie.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measure what a shared prefix saves: branches of one context beside as many contexts with prefixes of their own. */
@Command(
        name = "forks",
        description = {
            "Measure forks of a long context beside separate contexts as long, on the CPU, in this JVM.%n",
            "Rounds of both alternate; the ratios are those of each round.%n"
        },
        sortOptions = false)
final class ForksRun implements Callable<Integer> {
    @Option(names = "--branches", description = "Branches. Default: ${DEFAULT-VALUE}.")
    private int branches = 32;

    @Option(names = "--prefix-tokens", description = "Tokens of the prefix. Default: ${DEFAULT-VALUE}.")
    private int prefixTokens = 2_000;

    @Option(names = "--max-tokens", description = "Tokens of each branch. Default: ${DEFAULT-VALUE}.")
    private int maxTokens = 32;

    @Mixin
    private EngineOptions options = new EngineOptions(3);

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path file = options.file();
        int workers = options.threads();
        options.begin();
        options.report().put("branches", branches);
        options.report().put("prefix_tokens", prefixTokens);
        List<EngineDecode.Branches> forked = new ArrayList<>();
        List<EngineDecode.Branches> separate = new ArrayList<>();
        try (EngineTarget target = EngineTarget.open(file, workers)) {
            options.report().line("%s", target.engine().capabilities().kernels());
            var decode = new EngineDecode(target.engine());
            decode.branches(2, prefixTokens / 4, maxTokens, -1, true);
            for (int round = 0; round < options.rounds(); round++) {
                forked.add(decode.branches(branches, prefixTokens, maxTokens, 2L * round, true));
                separate.add(decode.branches(branches, prefixTokens, maxTokens, 2L * round + 1, false));
            }
        }
        List<Object> results = new ArrayList<>();
        results.add(told("whole", forked, separate, false));
        results.add(told("decode", forked, separate, true));
        options.report().put("results", results);
        options.report().write();
        return 0;
    }

    private Map<String, Object> told(
            String what, List<EngineDecode.Branches> forked, List<EngineDecode.Branches> separate, boolean decode) {
        List<Double> own = rates(forked, decode);
        List<Double> other = rates(separate, decode);
        Spread ratio = DecodeRun.ratio(own, other);
        options.report()
                .line(
                        "%-7s tokens/s  forks %8.1f  separate %8.1f  x %.2f (%.2f-%.2f)",
                        what,
                        Spread.of(own).median(),
                        Spread.of(other).median(),
                        ratio.median(),
                        ratio.min(),
                        ratio.max());
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("case", what);
        json.put("forks_tok_per_s", Spread.of(own).json());
        json.put("separate_tok_per_s", Spread.of(other).json());
        json.put("ratio", ratio.json());
        return json;
    }

    private static List<Double> rates(List<EngineDecode.Branches> runs, boolean decode) {
        return runs.stream().map(run -> decode ? run.decode() : run.whole()).toList();
    }
}
