package pie.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import pie.engine.ContextHandle;
import pie.engine.Engine;
import pie.engine.EngineStats;
import pie.engine.generate.PlanSpec;
import pie.engine.generate.SamplerChain;
import pie.engine.process.Budget;
import pie.engine.process.OwnerId;
import pie.engine.process.ProcessId;

/** Time an engine's prefill and its steady decode of several streams. */
final class EngineDecode {
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    /** What had been done by a time. */
    record Progress(long nanos, long prefilled, long generated) {}

    /**
     * Hold tokens/s of branches.
     *
     * @param whole from the first call on, prefixes read among it
     * @param decode while all of them decode
     */
    record Branches(double whole, double decode) {}

    private final Engine engine;

    EngineDecode(Engine engine) {
        this.engine = engine;
    }

    /** Return tokens/s of one prompt, from the call to its first token. */
    double prefill(int tokens, long seed) {
        long start = System.nanoTime();
        run(Prompt.draw(1, tokens, 1, seed), 0);
        return tokens / ((System.nanoTime() - start) / 1e9);
    }

    /** Return tokens/s of all streams together, while every one of them decodes. */
    double streams(int count, int promptTokens, int maxTokens, long seed) {
        return rate(run(Prompt.draw(count, promptTokens, 1, seed), maxTokens));
    }

    /** Decode branches of one prefix, or contexts with a prefix each. */
    Branches branches(int count, int prefixTokens, int maxTokens, long seed, boolean forked) {
        ProcessId process = ProcessId.random();
        engine.openProcess(process, OwnerId.LOCAL, Budget.UNLIMITED, 0);
        try {
            List<Prompt> prompts = Prompt.draw(forked ? 1 : count, prefixTokens, 1, seed);
            long start = System.nanoTime();
            List<ContextHandle> contexts = read(process, prompts);
            while (contexts.size() < count) {
                contexts.add(contexts.getFirst().fork().join());
            }
            int branch = 0;
            for (ContextHandle context : contexts) {
                context.append(new int[] {1000 + branch++});
            }
            List<Progress> progress = watch(contexts, maxTokens);
            double seconds = (System.nanoTime() - start) / 1e9;
            return new Branches(count * maxTokens / seconds, rate(progress));
        } finally {
            engine.closeProcess(process).join();
        }
    }

    /** Return what planning and settling took of each step so far, in microseconds. */
    static double planMicros(EngineStats before, EngineStats after) {
        return (after.planNanos() - before.planNanos()) / 1e3 / Math.max(1, after.steps() - before.steps());
    }

    /** Read all prompts, and only then let every context generate so many tokens. */
    private List<Progress> run(List<Prompt> prompts, int maxTokens) {
        ProcessId process = ProcessId.random();
        engine.openProcess(process, OwnerId.LOCAL, Budget.UNLIMITED, 0);
        List<Progress> progress = new ArrayList<>();
        try {
            List<ContextHandle> contexts = read(process, prompts);
            if (maxTokens > 0) {
                progress.addAll(watch(contexts, maxTokens));
            }
        } finally {
            engine.closeProcess(process).join();
        }
        return progress;
    }

    /** Return a context of each prompt, a token after it. */
    private List<ContextHandle> read(ProcessId process, List<Prompt> prompts) {
        List<ContextHandle> contexts = new ArrayList<>();
        for (Prompt prompt : prompts) {
            ContextHandle context = engine.createContext(process, false);
            context.append(prompt.ids());
            contexts.add(context);
        }
        generate(contexts, 1).forEach(CompletableFuture::join);
        return contexts;
    }

    private List<Progress> watch(List<ContextHandle> contexts, int maxTokens) {
        List<Progress> progress = new ArrayList<>();
        List<CompletableFuture<?>> running = generate(contexts, maxTokens);
        while (running.stream().noneMatch(CompletableFuture::isDone)) {
            EngineStats stats = engine.stats();
            progress.add(new Progress(System.nanoTime(), stats.rowsPrefill(), stats.tokensGenerated()));
            LockSupport.parkNanos(POLL_NANOS);
        }
        running.forEach(CompletableFuture::join);
        return progress;
    }

    private static List<CompletableFuture<?>> generate(List<ContextHandle> contexts, int tokens) {
        List<CompletableFuture<?>> running = new ArrayList<>();
        for (ContextHandle context : contexts) {
            running.add(context.generate(plan(tokens)).collect());
        }
        return running;
    }

    private static PlanSpec plan(int maxTokens) {
        return new PlanSpec(
                SamplerChain.ARGMAX, maxTokens, new int[0], List.of(), null, OptionalLong.empty(), List.of());
    }

    /** Divide the tokens by the time, between the first and the last step that began after the last prefill; NaN below two. */
    static double rate(List<Progress> progress) {
        List<Progress> edges = new ArrayList<>();
        for (int i = 1; i < progress.size(); i++) {
            Progress p = progress.get(i);
            if (p.prefilled() == progress.getLast().prefilled()
                    && p.generated() > progress.get(i - 1).generated()) {
                edges.add(p);
            }
        }
        if (edges.size() < 3) {
            return Double.NaN;
        }
        // The first edge may be the prefill's own token.
        Progress first = edges.get(1);
        Progress last = edges.getLast();
        return (last.generated() - first.generated()) / ((last.nanos() - first.nanos()) / 1e9);
    }
}
