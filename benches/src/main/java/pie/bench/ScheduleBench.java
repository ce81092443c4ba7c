package pie.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import pie.engine.ContextHandle;
import pie.engine.Engine;
import pie.engine.EngineConfig;
import pie.engine.EngineStats;
import pie.engine.driver.DriverConfig;
import pie.engine.dummy.HashDriver;
import pie.engine.generate.PassSpec;
import pie.engine.generate.PlanSpec;
import pie.engine.generate.SamplerChain;
import pie.engine.market.MarketStats;
import pie.engine.model.LoadedModel;
import pie.engine.model.ModelFiles;
import pie.engine.model.Models;
import pie.engine.process.Budget;
import pie.engine.process.OwnerId;
import pie.engine.process.ProcessId;

/** Measure what the loop spends to plan and settle a step, market included, and what it allocates; the driver computes nothing. */
@Command(
        name = "schedule",
        description = "Measure planning and settling of a step, in us, and allocation of the loop, in bytes.%n",
        sortOptions = false)
final class ScheduleBench implements Callable<Integer> {
    private static final int VOCABULARY = 512;
    private static final int PAGE = 16;
    private static final int PROMPT = 48;

    @Option(
            names = "--model",
            required = true,
            description = "A GGUF file, for its tokenizer; its weights are not read.")
    private Path model = Path.of("");

    @Option(
            names = "--rounds",
            description = "Runs of each case, the first of which warms up. Default: ${DEFAULT-VALUE}.")
    private int rounds = 4;

    @Mixin
    private Report report = new Report();

    /**
     * Describe a case.
     *
     * @param generating contexts that generate
     * @param holding contexts that hold pages and have no work
     * @param pages of the device
     * @param tokens that each generation makes
     */
    private record Load(String name, int generating, int holding, int pages, int tokens) {}

    /**
     * Hold what the steps of a case cost the loop.
     *
     * @param bytes that the loop allocated in all of them
     * @param events generations that ended, and contexts that were made to wait, lost their pages or came back: what is allocated for them is
     *     handed out or kept, and is nothing that a step costs
     */
    private record Result(String name, double p50, double p99, long bytes, long steps, long events) {
        double bytesAStep() {
            return (double) bytes / steps;
        }

        Map<String, Object> json() {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("case", name);
            json.put("p50_us", p50);
            json.put("p99_us", p99);
            json.put("bytes_a_step", bytesAStep());
            json.put("steps", steps);
            json.put("events", events);
            return json;
        }
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        report.environment(Environment.json());
        List<Object> results = new ArrayList<>();
        try (ModelFiles files = Models.open(model)) {
            for (Load load : List.of(
                    new Load("32 decode rows", 32, 0, 16_384, 1200),
                    new Load("256 decode rows", 256, 0, 16_384, 400),
                    new Load("1,000 live, 32 decode rows", 32, 968, 16_384, 1200),
                    new Load("1,000 generate, a third fits", 1000, 0, 2_000, 40))) {
                results.add(measure(files, load));
            }
        }
        report.put("results", results);
        report.write();
        return 0;
    }

    private Map<String, Object> measure(ModelFiles files, Load load) {
        var loaded = new LoadedModel("bench", files.config(), files.tokenizer(), files.chatTemplate());
        var config = new DriverConfig("auto", PAGE, load.pages(), 2048, 512, 256, Map.of());
        Result result = new Result(load.name(), 0, 0, 0, 1, 0);
        try (Engine engine = Engine.start(loaded, new HashDriver(config, VOCABULARY, 2048, 1), EngineConfig.DEFAULT)) {
            List<ProcessId> processes = new ArrayList<>();
            List<ContextHandle> holders = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                processes.add(ProcessId.random());
                engine.openProcess(processes.getLast(), new OwnerId("owner " + i % 4), Budget.UNLIMITED, i);
            }
            for (int i = 0; i < load.holding(); i++) {
                holders.add(context(engine, processes.get(i % 8), i));
                holders.getLast().execute(PassSpec.FLUSH).join();
            }
            for (int round = 0; round < rounds; round++) {
                result = round(engine, load, processes);
            }
            holders.forEach(ContextHandle::close);
        }
        report.line(
                "%-30s p50 %7.1f us  p99 %8.1f us  %8.1f bytes a step  %d steps  %d ends, waits and losses",
                load.name(), result.p50(), result.p99(), result.bytesAStep(), result.steps(), result.events());
        return result.json();
    }

    private static Result round(Engine engine, Load load, List<ProcessId> processes) {
        List<ContextHandle> contexts = new ArrayList<>();
        for (int i = 0; i < load.generating(); i++) {
            contexts.add(context(engine, processes.get(i % 8), 10_000 + i));
        }
        long made = engine.figures().stats().tokensGenerated();
        long all = (long) load.generating() * load.tokens();
        var runs = new Runs(engine);
        for (ContextHandle context : contexts) {
            runs.add(context.generate(plan(load.tokens())).collect());
        }
        runs.await(made + all / 10);
        var loop = new LoopBytes();
        EngineStats first = engine.figures().stats();
        int endedBefore = runs.ended();
        long bytes = loop.read();
        runs.await(made + all * 9 / 10);
        long allocated = loop.read() - bytes;
        int ended = runs.ended() - endedBefore;
        EngineStats last = engine.figures().stats();
        long steps = Math.max(1, last.steps() - first.steps());
        long[] nanos = engine.planNanos();
        runs.await(made + all);
        contexts.forEach(ContextHandle::close);
        long[] own = Arrays.copyOf(nanos, (int) Math.min(nanos.length, steps));
        Arrays.sort(own);
        return new Result(
                load.name(),
                own[own.length / 2] / 1e3,
                own[own.length * 99 / 100] / 1e3,
                allocated,
                steps,
                ended + changes(last.market()) - changes(first.market()));
    }

    /** Return how often contexts were made to wait, lost their pages or came back: each is written down for explanations. */
    private static long changes(MarketStats market) {
        return market.exclusions() + market.displacements() + market.restores();
    }

    private static ContextHandle context(Engine engine, ProcessId process, int shift) {
        ContextHandle context = engine.createContext(process, false);
        context.append(IntStream.range(0, PROMPT)
                .map(t -> (t * 7 + shift * 31) % VOCABULARY)
                .toArray());
        return context;
    }

    private static PlanSpec plan(int tokens) {
        long @Nullable [] everything = null;
        return new PlanSpec(
                SamplerChain.ARGMAX, tokens, new int[0], List.of(), everything, OptionalLong.empty(), List.of());
    }
}
