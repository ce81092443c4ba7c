package pie.engine.generate;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Drive one generation of a context. Operations run in call order; futures complete on the engine loop, so continuations must only
 * enqueue. A context has one live generation: starting another closes this one.
 */
public interface Generation {
    /** Run one step. Fails with the pass errors of the inferlet API; the context is then as before the call. */
    CompletableFuture<GenerationStep> step(StepSpec spec);

    /** Run until the end inside the engine and return all tokens kept from here on. Cancelling the future ends the generation. */
    CompletableFuture<GenerationStep> collect();

    /** Run until the end inside the engine, as {@link #collect()} does, and tell a listener of each token as soon as it is known. */
    CompletableFuture<GenerationStep> collect(TokenListener listener);

    /** Register tokens chosen by the caller: cut at stop and at the token limit, made pending. Returns the accepted ones. */
    CompletableFuture<int[]> accept(int[] tokens);

    /** Change the plan from the next step on. */
    void change(PlanSpec spec);

    PlanSpec plan();

    int tokensGenerated();

    /** Return why the generation ended, null while it runs. */
    @Nullable
    FinishReason finishReason();

    /** End the generation with reason {@code CLOSED}; no effect if it has ended. */
    void close();
}
