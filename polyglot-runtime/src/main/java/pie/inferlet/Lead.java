package pie.inferlet;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Run steps of a generator until tokens are there, or all. What the program has to say of each is asked when the program's thread next
 * waits.
 */
final class Lead {
    private final Generator generator;
    private final boolean all;
    private final CompletableFuture<Boolean> whole = new CompletableFuture<>();
    private volatile @Nullable CompletableFuture<Boolean> step;
    private @Nullable Executor own;

    private Lead(Generator generator, boolean all) {
        this.generator = generator;
        this.all = all;
        whole.whenComplete((done, error) -> {
            CompletableFuture<Boolean> running = step;
            if (whole.isCancelled() && running != null) {
                running.cancel(true);
            }
        });
    }

    /** Begin; cancelling what is returned cancels the step that runs. */
    static CompletableFuture<Boolean> begin(Generator generator, boolean all) {
        var lead = new Lead(generator, all);
        lead.next();
        return lead.whole;
    }

    private void next() {
        try {
            if (whole.isDone() || !generator.awaitsAdvance(all)) {
                generator.settle();
                whole.complete(true);
                return;
            }
            CompletableFuture<Boolean> running = generator.advance();
            step = running;
            Executor thread = own == null ? generator.context().host().programThread() : own;
            own = thread;
            running.whenComplete((done, error) -> thread.execute(() -> ended(error)));
        } catch (Throwable e) {
            whole.completeExceptionally(e);
        }
    }

    private void ended(@Nullable Throwable error) {
        if (error == null) {
            next();
        } else {
            whole.completeExceptionally(Futures.unwrap(error));
        }
    }
}
