package pie.server.openai;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import pie.engine.ContextHandle;
import pie.engine.Engine;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.generate.FinishReason;
import pie.engine.generate.GenerationStep;
import pie.engine.generate.PassSpec;
import pie.engine.generate.PlanSpec;
import pie.engine.generate.ProbeSpec;
import pie.engine.generate.ProbeValue;
import pie.engine.grammar.Grammar;
import pie.engine.grammar.GrammarSource;

/** Run the choices of one prompt: the prompt computed once, then a fork for each. A choice that has ended gives its pages back. */
final class Branches {
    private final PlainProcess process;
    private final BlockingQueue<Delivery> inbox;

    /** @param inbox takes what the choices give, in the order in which they give it */
    Branches(PlainProcess process, BlockingQueue<Delivery> inbox) {
        this.process = process;
        this.inbox = inbox;
    }

    /**
     * Start {@code n} choices, the first with number {@code from}; the seed of each is one more than that of the one before.
     *
     * @throws PieException what the prompt's own pass fails with
     */
    void start(int[] prompt, PlanSpec plan, int from, int n, boolean prefixCache) {
        start(prompt, plan, from, n, prefixCache, List.of());
    }

    /**
     * Start {@code n} choices, and measure the prompt before.
     *
     * @param probes of the prompt's tokens but the last
     * @return what the probes saw
     */
    List<ProbeValue> start(int[] prompt, PlanSpec plan, int from, int n, boolean prefixCache, List<ProbeSpec> probes) {
        ContextHandle first = process.context(prefixCache);
        List<ProbeValue> seen = List.of();
        if ((n > 1 || !probes.isEmpty()) && prompt.length > 1) {
            int[] head = Arrays.copyOf(prompt, prompt.length - 1);
            seen = join(first.execute(new PassSpec(head, null, List.of(), probes, null, null, null, true, false)))
                    .probes();
            first.append(new int[] {prompt[prompt.length - 1]});
        } else {
            first.append(prompt);
        }
        ContextHandle[] all = new ContextHandle[n];
        all[0] = first;
        for (int i = 1; i < n; i++) {
            all[i] = join(first.fork());
        }
        for (int i = 0; i < n; i++) {
            run(all[i], seeded(plan, i), from + i);
        }
        return seen;
    }

    private static PlanSpec seeded(PlanSpec plan, int more) {
        OptionalLong seed = plan.seed();
        if (seed.isEmpty() || more == 0) {
            return plan;
        }
        return plan.withSeed(OptionalLong.of(seed.getAsLong() + more));
    }

    private void run(ContextHandle context, PlanSpec plan, int choice) {
        CompletableFuture<GenerationStep> all = context.generate(plan)
                .collect((token, probes) -> inbox.add(new Delivery.Token(choice, token, probes, System.nanoTime())));
        all.whenComplete((step, failure) -> {
            inbox.add(failure == null ? ended(choice, step) : new Delivery.Failed(choice, cause(failure)));
            context.close();
        });
    }

    private static Delivery ended(int choice, GenerationStep step) {
        FinishReason reason = step.finish();
        return new Delivery.Ended(choice, reason == null ? FinishReason.CLOSED : reason);
    }

    private static <T extends @Nullable Object> T join(CompletableFuture<T> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            throw cause(e);
        }
    }

    /** Compile a grammar, or find it compiled. */
    static Grammar compiled(Engine engine, GrammarSource source) {
        return join(engine.grammars().get(source));
    }

    static PieException cause(Throwable failure) {
        Throwable cause = failure instanceof CompletionException e && e.getCause() != null ? e.getCause() : failure;
        return cause instanceof PieException own
                ? own
                : new PieException(ErrorCode.CANCELLED, "the generation was given up: " + cause, Map.of(), cause);
    }
}
