package pie.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/** What latency, tput and serve have in common: prompts, repeats, rotation, report. */
final class LoadOptions {
    @Mixin
    private Peers peers = new Peers();

    @Option(
            names = {"--requests", "--num-requests"},
            description = "Requests of a repeat; 0 for what the mode takes.")
    private int requests;

    @Option(names = "--input-len", description = "Tokens of a prompt. Default: ${DEFAULT-VALUE}.")
    private int inputLength = 128;

    @Option(
            names = {"--output-len", "--max-tokens"},
            description = "Tokens of an answer. Default: ${DEFAULT-VALUE}.")
    private int outputLength = 128;

    @Option(names = "--prefix-len", description = "Leading tokens that all prompts share. Default: ${DEFAULT-VALUE}.")
    private int prefixLength;

    @Option(
            names = "--warmup",
            description = "Requests before the first repeat that are not kept. Default: ${DEFAULT-VALUE}.")
    private int warmup = 2;

    @Mixin
    private Repeats repeats = new Repeats(3);

    @Option(
            names = "--slo",
            split = ",",
            paramLabel = "KEY=MS",
            description = "Goals of a good request: ttft, tpot, e2e.")
    private Map<String, Double> slo = new LinkedHashMap<>();

    @Option(names = "--max-fail", description = "Failed requests that are borne. Default: ${DEFAULT-VALUE}.")
    private int maxFail;

    @Option(
            names = {"--json-out", "--json"},
            paramLabel = "FILE",
            description = "Write the result there; with several engines, one file each, FILE.ENGINE.json.")
    private @Nullable Path file;

    @Option(names = "--report", paramLabel = "FILE", description = "Write a page with tables and graphs there.")
    private @Nullable Path page;

    @Option(
            names = "--cache",
            description = "Whether computed prefixes may be used: off or on. Default: ${DEFAULT-VALUE}.")
    private String cache = "off";

    /** Run one repeat against one engine. */
    interface Shape {
        Load.Round run(Asker asker, List<Prompt> prompts, long seed) throws InterruptedException;
    }

    int requests(int otherwise) {
        return requests > 0 ? requests : otherwise;
    }

    /** Measure all engines in turns, the order rotating, and write what came out. Return the exit code. */
    int measure(String mode, int count, int concurrency, Map<String, ?> more, Shape shape)
            throws IOException, InterruptedException {
        if (!cache.equals("on") && !cache.equals("off")) {
            throw new IOException("--cache is on or off, not " + cache);
        }
        Map<String, @Nullable Object> environment = Environment.json();
        Map<String, List<Load.Round>> measured;
        try (Targets opened = new Targets()) {
            Map<String, Asker> askers = new LinkedHashMap<>();
            for (Peer peer : peers.open(opened, concurrency, inputLength + outputLength)) {
                askers.put(peer.name(), peer.asker(cache.equals("on")));
            }
            for (Asker asker : askers.values()) {
                Load.closed(asker, prompts(warmup, repeats.seed() - 1), Math.max(1, Math.min(concurrency, warmup)));
            }
            measured = Turns.run(askers, 0, repeats.count(), (asker, repeat) -> {
                long drawn = repeats.seed() + repeat;
                Load.Round round = shape.run(asker, prompts(count, drawn), drawn);
                System.out.println(mode + " " + round.line(asker.name(), repeat));
                return round;
            });
        }
        return report(mode, measured, environment, more);
    }

    /** Prompts are random ids, so that none finds another's pages beyond the prefix that they are given in common. */
    private List<Prompt> prompts(int count, long drawn) {
        return Prompt.draw(count, inputLength, outputLength, prefixLength, repeats.seed(), drawn);
    }

    private int report(
            String mode,
            Map<String, List<Load.Round>> measured,
            Map<String, @Nullable Object> environment,
            Map<String, ?> more)
            throws IOException {
        List<Result> results = new ArrayList<>();
        long failed = 0;
        for (Map.Entry<String, List<Load.Round>> of : measured.entrySet()) {
            failed += of.getValue().stream().mapToLong(Load.Round::failed).sum();
            Map<String, @Nullable Object> json = document(mode, of.getKey(), of.getValue(), environment, more);
            results.add(Result.of(of.getKey(), JsonMapper.shared().valueToTree(json)));
            write(of.getKey(), json, measured.size() > 1);
        }
        System.out.println();
        System.out.print(new Comparison(results, results.getFirst().name()).text());
        if (page != null) {
            Files.writeString(page, HtmlPage.of(results, results.getFirst().name()));
            System.out.println("written to " + page);
        }
        return failed > maxFail ? 1 : 0;
    }

    private Map<String, @Nullable Object> document(
            String mode,
            String engine,
            List<Load.Round> rounds,
            Map<String, @Nullable Object> environment,
            Map<String, ?> more) {
        var config = new LinkedHashMap<String, Object>(peers.config());
        config.put("cache", cache);
        config.put("input_len", inputLength);
        config.put("output_len", outputLength);
        config.put("prefix_len", prefixLength);
        config.put("warmup", warmup);
        config.put("repeats", repeats.count());
        config.put("seed", repeats.seed());
        config.putAll(more);
        return Result.document(mode, engine, peers.modelName(), rounds, Goal.of(slo), config, environment);
    }

    private void write(String engine, Map<String, @Nullable Object> json, boolean several) throws IOException {
        if (file == null) {
            return;
        }
        String name = String.valueOf(file.getFileName());
        String stem = name.endsWith(".json") ? name.substring(0, name.length() - 5) : name;
        Path own = several ? file.resolveSibling(stem + "." + engine + ".json") : file;
        Files.writeString(
                own, JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n");
        System.out.println("written to " + own);
    }
}
