package pie.runtime.bridge;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import org.graalvm.polyglot.Context;
import org.jspecify.annotations.Nullable;

/**
 * Lend the context of the first guest to the check of a program, once and before anything runs in it. Where there is a single launch, a
 * context for checks alone would cost as much as the guest's own.
 */
public final class FirstContext {
    private static final CompletableFuture<Context> NONE =
            CompletableFuture.failedFuture(new IllegalStateException("not lent"));

    /** Null until the first guest is begun, {@link #NONE} once its context cannot be had any more. */
    private final AtomicReference<@Nullable CompletableFuture<Context>> first = new AtomicReference<>();

    /** @param once whether one launch is all that is wanted; else nothing is ever lent */
    public FirstContext(boolean once) {
        first.set(once ? null : NONE);
    }

    /** Make a guest. */
    public <G> G make(Supplier<G> guest, Function<G, Context> context) {
        var made = new CompletableFuture<Context>();
        if (!first.compareAndSet(null, made)) {
            return guest.get();
        }
        try {
            G result = guest.get();
            made.complete(context.apply(result));
            return result;
        } finally {
            made.completeExceptionally(new IllegalStateException("not made")); // unless it was
        }
    }

    /** Wait for the first guest if it is being made, and take its context; empty for any but the first caller. */
    public Optional<Context> take() {
        CompletableFuture<Context> lent = first.getAndSet(NONE);
        try {
            return lent == null ? Optional.empty() : Optional.of(lent.join());
        } catch (CompletionException e) {
            return Optional.empty(); // who makes the guest tells why there is none
        }
    }
}
