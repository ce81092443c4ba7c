package pie.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import pie.engine.ContextHandle;
import pie.engine.Engine;
import pie.engine.EngineConfig;
import pie.engine.EngineStats;
import pie.engine.driver.DriverConfig;
import pie.engine.dummy.HashDriver;
import pie.engine.generate.PassSpec;
import pie.engine.generate.PlanSpec;
import pie.engine.generate.SamplerChain;
import pie.engine.model.LoadedModel;
import pie.engine.model.ModelFiles;
import pie.engine.model.Models;
import pie.engine.process.Budget;
import pie.engine.process.OwnerId;
import pie.engine.process.ProcessId;

/** Time the steps of an engine with many live processes while somebody reads what they have put up, or nobody does. */
final class LoopWatch implements AutoCloseable {
    private static final int VOCABULARY = 512;
    private static final int PAGE = 16;
    private static final int PAGES = 16_384;
    private static final int PROMPT = 48;
    private static final int GENERATING = 32;
    private static final int TOKENS = 1200;
    private static final double SECONDS = 1.5;

    /** Say how often one looks. */
    enum Looks {
        NEVER(Long.MAX_VALUE, "nobody looks"),
        OFTEN(250_000_000L, "four looks a second"),
        ALWAYS(0, "looks without a pause");

        final long pauseNanos;
        final String title;

        Looks(long pauseNanos, String title) {
            this.pauseNanos = pauseNanos;
            this.title = title;
        }
    }

    /**
     * Hold what a step cost the loop itself.
     *
     * @param micros of planning and settling, the mean
     * @param bytes that the loop allocated
     * @param lookMicros of one look at the engine and at every process, NaN if there was none
     */
    record Cost(double micros, double bytes, double lookMicros, long steps) {}

    private final ModelFiles files;
    private final Engine engine;
    private final List<ProcessId> processes = new ArrayList<>();
    private final List<ContextHandle> contexts = new ArrayList<>();

    LoopWatch(Path model, int live) {
        files = Models.open(model);
        var loaded = new LoadedModel("bench", files.config(), files.tokenizer(), files.chatTemplate());
        var config = new DriverConfig("auto", PAGE, PAGES, 2048, 512, 256, Map.of());
        engine = Engine.start(loaded, new HashDriver(config, VOCABULARY, 2048, 1), EngineConfig.DEFAULT);
        for (int i = 0; i < live; i++) {
            processes.add(ProcessId.random());
            engine.openProcess(processes.getLast(), new OwnerId("owner " + i % 4), Budget.UNLIMITED, i);
            contexts.add(context(i));
            contexts.getLast().execute(PassSpec.FLUSH).join();
        }
    }

    private ContextHandle context(int i) {
        ContextHandle context = engine.createContext(processes.get(i % processes.size()), false);
        context.append(IntStream.range(0, PROMPT)
                .map(t -> (t * 7 + i * 31) % VOCABULARY)
                .toArray());
        return context;
    }

    /** Generate for a while, and look as often as is said. */
    Cost measure(Looks looks) throws InterruptedException {
        var over = new AtomicBoolean();
        var spent = new long[2];
        Thread watcher = Thread.ofPlatform().start(() -> watch(looks, over, spent));
        EngineStats before = engine.stats();
        var loop = new LoopBytes();
        long bytes = loop.read();
        long end = System.nanoTime() + (long) (SECONDS * 1e9);
        do {
            generate();
        } while (System.nanoTime() < end);
        long allocated = loop.read() - bytes;
        EngineStats after = engine.stats();
        over.set(true);
        LockSupport.unpark(watcher);
        watcher.join();
        long steps = after.steps() - before.steps();
        return new Cost(
                (after.planNanos() - before.planNanos()) / 1e3 / steps,
                (double) allocated / steps,
                spent[0] == 0 ? Double.NaN : spent[1] / 1e3 / spent[0],
                steps);
    }

    private void generate() {
        List<ContextHandle> own =
                IntStream.range(0, GENERATING).mapToObj(this::context).toList();
        List<CompletableFuture<?>> runs = new ArrayList<>();
        var plan =
                new PlanSpec(SamplerChain.ARGMAX, TOKENS, new int[0], List.of(), null, OptionalLong.empty(), List.of());
        own.forEach(context -> runs.add(context.generate(plan).collect()));
        runs.forEach(CompletableFuture::join);
        own.forEach(ContextHandle::close);
    }

    private void watch(Looks looks, AtomicBoolean over, long[] spent) {
        while (!over.get()) {
            if (looks != Looks.NEVER) {
                long begun = System.nanoTime();
                long seen = engine.figures().stats().steps();
                for (ProcessId id : processes) {
                    seen += engine.glance(id).orElseThrow().tokensOut();
                }
                spent[0] += seen < 0 ? 0 : 1;
                spent[1] += System.nanoTime() - begun;
            }
            if (looks.pauseNanos > 0) {
                LockSupport.parkNanos(looks.pauseNanos);
            }
        }
    }

    @Override
    public void close() {
        contexts.forEach(ContextHandle::close);
        engine.close();
        files.close();
    }
}
