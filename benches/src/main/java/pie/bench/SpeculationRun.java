package pie.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import pie.engine.ContextHandle;
import pie.engine.Engine;
import pie.engine.EngineStats;
import pie.engine.generate.GenerationStep;
import pie.engine.generate.PassSpec;
import pie.engine.generate.PlanSpec;
import pie.engine.generate.SamplerChain;
import pie.engine.generate.Stage;
import pie.engine.process.Budget;
import pie.engine.process.OwnerId;
import pie.engine.process.ProcessId;

/** Measure what drafts gain on text that repeats itself, and what they cost on text that does not; the tokens must be the same. */
@Command(
        name = "speculation",
        description = {
            "Measure decode with and without prompt look-up, in this JVM, in tokens/s.%n",
            "Rounds of both alternate, on the same text; the ratio is that of each round.%n"
        },
        sortOptions = false)
final class SpeculationRun implements Callable<Integer> {
    private static final String TABLE = """
            {"id": 1, "name": "anchor bolt", "unit": "piece", "price": 4, "stock": 120}
            {"id": 2, "name": "anchor chain", "unit": "metre", "price": 31, "stock": 18}
            {"id": 3, "name": "brass screw", "unit": "piece", "price": 1, "stock": 4000}
            {"id": 4, "name": "canvas sheet", "unit": "metre", "price": 12, "stock": 75}
            {"id": 5, "name": "deck brush", "unit": "piece", "price": 9, "stock": 33}
            """;
    private static final String STORY =
            "The keeper of the lighthouse opened the old ledger and began to write. That winter";
    /** What is given twice and begun a third time is copied to its end, as where a model repeats a document with few changes. */
    private static final String LETTER = """
            Dear Mr. Whitfield, thank you for your letter of the ninth of March, in which you ask about the two boats that were left in our yard \
            over the winter. The smaller one, a blue dinghy with a torn sail, was collected by your brother in January. The larger one is still here. \
            Its hull needs paint, the rudder is cracked in three places, and somebody has taken the compass and both lamps. We can repair the rudder \
            for forty pounds, but not before the end of April, because our carpenter has broken his wrist. If you would rather sell the boat as it \
            stands, Mrs. Oakley at the chandler's shop has offered ninety pounds for it. Please let us know by Friday what you would like us to do.

            """;

    private static final SamplerChain SAMPLED =
            new SamplerChain(List.of(new Stage.Temperature(1f), new Stage.TopP(0.95f)), OptionalLong.empty());

    @Option(names = "--streams", split = ",", description = "Streams decoded at once. Default: ${DEFAULT-VALUE}.")
    private List<Integer> streams = List.of(1, 4);

    @Option(names = "--max-tokens", description = "Tokens of each stream. Default: ${DEFAULT-VALUE}.")
    private int maxTokens = 160;

    @Mixin
    private EngineOptions options = new EngineOptions(7);

    private record Text(String name, String prompt, SamplerChain sampler) {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        int workers = options.threads();
        options.begin();
        List<Object> results = new ArrayList<>();
        try (EngineTarget target = EngineTarget.open(options.file(), workers)) {
            for (Text text : List.of(
                    new Text("table", TABLE.repeat(4), SamplerChain.ARGMAX),
                    new Text("repetitive", LETTER + LETTER + LETTER.substring(0, 60), SamplerChain.ARGMAX),
                    new Text("novel", STORY, SAMPLED))) {
                for (int n : streams) {
                    results.add(compare(target.engine(), text, n));
                }
            }
        }
        options.report().put("results", results);
        options.report().write();
        return 0;
    }

    private Map<String, Object> compare(Engine engine, Text text, int n) {
        List<Double> without = new ArrayList<>();
        List<Double> with = new ArrayList<>();
        EngineStats before = engine.stats();
        for (int round = -2; round < options.rounds(); round++) { // the first two warm up and are not kept
            boolean first = round % 2 == 0; // each goes first every other round
            double[] rate = new double[2];
            int[][] tokens = new int[2][];
            for (int i = 0; i < 2; i++) {
                int on = first == (i == 0) ? 1 : 0;
                tokens[on] = run(engine, text, n, round, on == 1, rate);
            }
            if (!Arrays.equals(tokens[0], tokens[1])) {
                throw new IllegalStateException("tokens differ with and without drafts in round " + round);
            }
            if (round >= 0) {
                without.add(rate[0]);
                with.add(rate[1]);
            }
        }
        EngineStats after = engine.stats();
        Spread ratio = DecodeRun.ratio(with, without);
        String name = text.name() + ", " + DecodeRun.streamsName(n);
        options.report()
                .line(
                        "%-22s without %-24s with %-24s x %s, %d of %d drafts held",
                        name,
                        Spread.of(without),
                        Spread.of(with),
                        String.format(Locale.ROOT, "%.3f (%.3f-%.3f)", ratio.median(), ratio.min(), ratio.max()),
                        after.tokensAccepted() - before.tokensAccepted(),
                        after.tokensDrafted() - before.tokensDrafted());
        var json = new LinkedHashMap<String, Object>();
        json.put("case", name);
        json.put("without_tok_per_s", Spread.of(without).json());
        json.put("with_tok_per_s", Spread.of(with).json());
        json.put("ratio", ratio.json());
        json.put("drafted", after.tokensDrafted() - before.tokensDrafted());
        json.put("accepted", after.tokensAccepted() - before.tokensAccepted());
        return json;
    }

    /** Generate on {@code n} contexts at once. Return all tokens, and leave tokens/s in {@code rate[drafts ? 1 : 0]}. */
    private int[] run(Engine engine, Text text, int n, long round, boolean drafts, double[] rate) {
        ProcessId process = ProcessId.random();
        engine.openProcess(process, OwnerId.LOCAL, Budget.UNLIMITED, 0);
        try {
            List<ContextHandle> contexts = new ArrayList<>();
            for (int i = 0; i < n; i++) {
                ContextHandle context = engine.createContext(process, false);
                context.append(engine.model().tokenizer().encode(text.prompt() + (i == 0 ? "" : i + " "), false));
                context.execute(PassSpec.FLUSH).join();
                contexts.add(context);
            }
            List<CompletableFuture<GenerationStep>> running = new ArrayList<>();
            long begun = System.nanoTime();
            for (int i = 0; i < n; i++) {
                running.add(contexts.get(i)
                        .generate(plan(text, round * 100 + i, drafts))
                        .collect());
            }
            List<int[]> all = running.stream().map(run -> run.join().tokens()).toList();
            long took = System.nanoTime() - begun;
            int[] tokens = all.stream().flatMapToInt(Arrays::stream).toArray();
            rate[drafts ? 1 : 0] = tokens.length / (took / 1e9);
            return tokens;
        } finally {
            engine.closeProcess(process).join();
        }
    }

    private PlanSpec plan(Text text, long seed, boolean drafts) {
        return new PlanSpec(text.sampler(), maxTokens, new int[0], List.of(), null, OptionalLong.of(seed), List.of())
                .withSpeculation(drafts);
    }
}
