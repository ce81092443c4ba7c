package pie.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import pie.engine.Engine;
import pie.engine.EngineStats;
import pie.engine.ErrorCode;
import pie.engine.PieException;

/** Wait for generations of one engine together: none may fail, and the engine may not stand still. */
final class Runs {
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Engine engine;
    private final List<CompletableFuture<?>> runs = new ArrayList<>();
    private final AtomicInteger ended = new AtomicInteger();
    private final CompletableFuture<Void> failure = new CompletableFuture<>();

    Runs(Engine engine) {
        this.engine = engine;
    }

    void add(CompletableFuture<?> run) {
        runs.add(run);
        run.whenComplete((result, problem) -> {
            ended.incrementAndGet();
            if (problem != null) {
                failure.completeExceptionally(problem);
            }
        });
    }

    /** Return how many have ended. */
    int ended() {
        return ended.get();
    }

    /**
     * Wait until the engine has made so many tokens in all its life, or all runs have ended.
     *
     * @throws java.util.concurrent.CompletionException with the failure of the first run that failed
     * @throws PieException TIMEOUT if no step ends for 10 s
     */
    void await(long tokens) {
        long steps = -1;
        long since = System.nanoTime();
        while (ended() < runs.size()) {
            failure.getNow(null);
            EngineStats stats = engine.figures().stats();
            if (stats.tokensGenerated() >= tokens) {
                return;
            }
            long now = System.nanoTime();
            if (stats.steps() != steps) {
                steps = stats.steps();
                since = now;
            } else if (now - since > PATIENCE_NANOS) {
                throw new PieException(
                        ErrorCode.TIMEOUT,
                        "no step has ended for 10 s: " + stats.tokensGenerated() + " of " + tokens
                                + " tokens are made, " + stats.pagesFree() + " of " + stats.pagesTotal()
                                + " pages are free");
            }
            LockSupport.parkNanos(this, LOOK_NANOS);
        }
        failure.getNow(null);
    }
}
