package pie.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Generate tokens in a closed loop, at several concurrencies, on pie in several languages and beside a peer. */
@Command(
        name = "load",
        description = {
            "Generate tokens in a closed loop and report tokens/s, TTFT and time per token.%n",
            "Prompts are random token ids, of the same lengths for every target. Rounds of the targets alternate.%n"
        },
        sortOptions = false)
final class LoadRun implements Callable<Integer> {
    @Option(names = "--languages", split = ",", description = "Languages of pie's program. Default: ${DEFAULT-VALUE}.")
    private List<String> languages = List.of("python");

    @Option(
            names = "--program",
            description = "generate (a step at a time) or collect (the text, in one call). Default: ${DEFAULT-VALUE}.")
    private String program = "generate";

    @Option(names = "--target", description = "A peer beside pie: llamacpp.")
    private @Nullable String peer;

    @Option(names = "--direct", description = "Also the engine in this JVM, without guest and HTTP.")
    private boolean direct;

    @Option(names = "--concurrency", split = ",", description = "Requests in flight. Default: ${DEFAULT-VALUE}.")
    private List<Integer> concurrencies = List.of(1, 8, 32);

    @Option(names = "--requests", description = "Requests of a round; 0 = twice the concurrency, at least 4.")
    private int requests;

    @Option(names = "--prompt-tokens", description = "Default: ${DEFAULT-VALUE}.")
    private int promptTokens = 128;

    @Option(names = "--max-tokens", description = "Default: ${DEFAULT-VALUE}.")
    private int maxTokens = 64;

    @Option(names = "--rounds", description = "Measured rounds of each target. Default: ${DEFAULT-VALUE}.")
    private int rounds = 3;

    @Option(names = "--seed", description = "Default: ${DEFAULT-VALUE}.")
    private long seed = 42;

    @Mixin
    private LlamaServer llama = new LlamaServer();

    @Mixin
    private PieOptions pie = new PieOptions();

    @Mixin
    private Report report = new Report();

    @Override
    public Integer call() throws IOException, InterruptedException {
        report.environment(Environment.json());
        report.put("config", config());
        long failed = 0;
        try (Targets opened = new Targets()) {
            List<Target> targets = open(opened);
            List<Object> results = new ArrayList<>();
            for (int concurrency : concurrencies) {
                failed += measure(targets, concurrency, results);
            }
            report.put("results", results);
        }
        report.write();
        return failed == 0 ? 0 : 1;
    }

    private List<Target> open(Targets opened) throws IOException, InterruptedException {
        PieOptions.Server server = opened.keep(pie.open());
        List<Target> targets = new ArrayList<>();
        for (String language : languages) {
            targets.add(new PieTarget(server.url(), server.token(), language, program));
        }
        if (direct) {
            targets.add(opened.keep(EngineTarget.open(pie.modelFile(), pie.threads())));
        }
        if (peer != null) {
            targets.add(openPeer(opened));
        }
        return targets;
    }

    private Target openPeer(Targets opened) throws IOException, InterruptedException {
        if (!"llamacpp".equals(peer)) {
            throw new IOException("--target is llamacpp, not " + peer);
        }
        int slots = concurrencies.stream().mapToInt(Integer::intValue).max().orElse(1);
        LlamaServer.Running running =
                llama.start(opened, pie.modelFile(), slots, promptTokens + maxTokens, pie.threads());
        report.put("peer_command", String.join(" ", running.command()));
        return new LlamaCppTarget(running.url());
    }

    private long measure(List<Target> targets, int concurrency, List<Object> results)
            throws IOException, InterruptedException {
        int count = requests > 0 ? requests : Math.max(4, 2 * concurrency);
        Map<Target, Integer> places = new LinkedHashMap<>();
        targets.forEach(target -> places.put(target, places.size()));
        Map<Target, List<ClosedLoop.Round>> measured = Turns.run(places, -1, rounds, (place, round) -> {
            Target target = targets.get(place);
            // others have pages of their own: the same texts as the first
            int texts = target instanceof PieTarget ? place : 0;
            long drawn = Prompt.seed(seed, texts, 1000 * concurrency + round);
            return ClosedLoop.run(Prompt.draw(count, promptTokens, maxTokens, drawn), concurrency, target::generate);
        });
        report.line("%n%d in flight, %d requests, %d tokens in, %d out", concurrency, count, promptTokens, maxTokens);
        long failed = 0;
        List<ClosedLoop.Round> base = direct(measured);
        for (Target target : targets) {
            List<ClosedLoop.Round> of = measured.getOrDefault(target, List.of());
            failed += of.stream().mapToLong(ClosedLoop.Round::failed).sum();
            Map<String, Object> json = figures(target, concurrency, of);
            if (!base.isEmpty() && of != base) {
                Spread share = share(of, base);
                report.line("  %-16s   %s %% of engine-direct, round by round", "", share);
                json.put("of_direct_percent", share.json());
            }
            results.add(json);
        }
        return failed;
    }

    private static List<ClosedLoop.Round> direct(Map<Target, List<ClosedLoop.Round>> measured) {
        for (Map.Entry<Target, List<ClosedLoop.Round>> of : measured.entrySet()) {
            if (of.getKey() instanceof EngineTarget) {
                return of.getValue();
            }
        }
        return List.of();
    }

    /** Return the tokens/s of one target as percent of another's in the same round, when the machine was as busy. */
    static Spread share(List<ClosedLoop.Round> of, List<ClosedLoop.Round> base) {
        double[] shares = new double[Math.min(of.size(), base.size())];
        for (int i = 0; i < shares.length; i++) {
            shares[i] = 100 * of.get(i).tokensPerSecond() / base.get(i).tokensPerSecond();
        }
        return Spread.of(shares);
    }

    private Map<String, Object> figures(Target target, int concurrency, List<ClosedLoop.Round> of) {
        List<Sample> samples = of.stream().flatMap(r -> r.samples().stream()).toList();
        Spread rate = Spread.of(
                of.stream().mapToDouble(ClosedLoop.Round::tokensPerSecond).toArray());
        Percentiles ttft = Percentiles.of(samples, Sample::first);
        Percentiles tpot = Percentiles.of(samples, Sample::timePerToken);
        long failed = samples.stream().filter(s -> !s.ok()).count();
        boolean mismatch = samples.stream().anyMatch(s -> s.ok() && s.tokens() != maxTokens);
        report.line("  %-16s %s tokens/s", target.name(), rate);
        report.line("  %-16s   first token  %s", "", ttft);
        report.line("  %-16s   per token    %s", "", tpot);
        if (failed > 0) {
            report.line(
                    "  %-16s   %d failed: %s",
                    "",
                    failed,
                    samples.stream()
                            .filter(s -> !s.ok())
                            .findFirst()
                            .orElseThrow()
                            .error());
        }
        if (mismatch) {
            report.line("  %-16s   not comparable: some answers have not %d tokens", "", maxTokens);
        }
        var json = new LinkedHashMap<String, Object>();
        json.put("target", target.name());
        json.put("concurrency", concurrency);
        json.put("output_tok_per_s", rate.json());
        json.put("accepted_ms", Percentiles.of(samples, Sample::accepted).json());
        json.put("ttft_ms", ttft.json());
        json.put("tpot_ms", tpot.json());
        json.put("e2e_ms", Percentiles.of(samples, Sample::last).json());
        json.put("failed", failed);
        json.put("count_mismatch", mismatch);
        return json;
    }

    private Map<String, Object> config() {
        var json = new LinkedHashMap<String, Object>();
        json.put("program", program);
        json.put("prompt_tokens", promptTokens);
        json.put("max_tokens", maxTokens);
        json.put("rounds", rounds);
        json.put("seed", seed);
        return json;
    }
}
