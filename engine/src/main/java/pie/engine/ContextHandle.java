package pie.engine;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import pie.engine.generate.Generation;
import pie.engine.generate.PassResult;
import pie.engine.generate.PassSpec;
import pie.engine.generate.PlanSpec;
import pie.engine.kv.ContextId;
import pie.engine.snapshot.SnapshotInfo;

/**
 * Stand for one context outside the engine loop: the tokens that are pending, a view of what is written, and the operations on it.
 *
 * <p>Operations run in call order, one at a time; futures complete on the engine loop, so continuations must only enqueue. After a
 * failed operation tokens, pages and counters are as before it. Cancelling a future cancels the operation. Safe for several threads.
 */
public interface ContextHandle extends AutoCloseable {
    ContextId id();

    /** Return the number of written tokens, pending ones not counted. */
    int written();

    int committedPages();

    int workingPages();

    /** Return the number of tokens in working pages. */
    int workingTokens();

    /** Return a copy of the pending ids. */
    int[] pending();

    int pendingCount();

    /** Return a copy of the logical sequence: written, then pending. */
    int[] tokens();

    /** Return the last {@code n} ids of the logical sequence, or all if there are fewer. */
    int[] tail(int n);

    /** Add ids to the pending ones. @throws PieException INVALID_ARGUMENT for an id outside the vocabulary */
    void append(int[] ids);

    /** Drop the last n tokens of the logical sequence, pending first. INVALID_ARGUMENT if n > pending + working. */
    CompletableFuture<Void> truncate(int n);

    /** Run one forward pass over the pending tokens and the given rows. */
    CompletableFuture<PassResult> execute(PassSpec spec);

    Generation generate(PlanSpec spec);

    /** Make an independent copy: committed pages shared, working pages and pending tokens copied. */
    CompletableFuture<ContextHandle> fork();

    /** Give the pages up now; the next operation restores them. */
    CompletableFuture<Void> suspend();

    /** Add n empty working pages. OUT_OF_PAGES if the device has fewer. */
    CompletableFuture<Void> reserveWorkingPages(int n);

    /** Commit the first k working pages. INVALID_ARGUMENT unless all k are full. */
    CompletableFuture<Void> commitWorkingPages(int k);

    /** Free the last n working pages and the tokens in them. */
    CompletableFuture<Void> releaseWorkingPages(int n);

    /** Drop the last n working tokens; pages and pending tokens stay. */
    CompletableFuture<Void> truncateWorkingPageTokens(int n);

    /**
     * Save the logical sequence under a name; it is durable when the future completes.
     *
     * <p>Fails with ALREADY_EXISTS unless {@code overwrite}, BUDGET_EXHAUSTED above a quota, STORAGE_FULL, UNSUPPORTED without a store.
     *
     * @param ttl how long it lives, empty for what the store says
     */
    CompletableFuture<SnapshotInfo> save(String name, boolean overwrite, Optional<Duration> ttl);

    /**
     * Hide tokens [sink, n) from all later rows, for good, and free the pages that lie wholly inside. INVALID_ARGUMENT if n > written
     * or sink > n.
     */
    CompletableFuture<Void> dropPrefix(int n, int sink);

    /**
     * Let each later row see the first {@code sink} and the last {@code w} tokens only, its own included, and free the pages that no
     * later row sees; w = 0 ends that, and what was hidden until then stays hidden.
     */
    CompletableFuture<Void> setWindow(int w, int sink);

    /** Let all owners find the committed pages by their content. */
    CompletableFuture<Void> publish();

    /**
     * Set what the context bids for its pages, from the next step on.
     *
     * @param bid credits a page and tick, from 0 to 10⁶; empty ends what was set before
     * @param hold until replaced, else for the next pass, or the next step of a generation
     */
    void setBid(OptionalDouble bid, boolean hold);

    /** Open a scope in which the context bids nothing, or close one. */
    void idle(boolean open);

    /** Return the clearing price of the last tick, credits a page; 0 without contention. Never waits. */
    double price();

    /** Return the moving average of a step's time, in seconds. Never waits. */
    double stepSeconds();

    /** Free the pages; pending operations fail with CANCELLED. No effect when repeated. */
    @Override
    void close();
}
