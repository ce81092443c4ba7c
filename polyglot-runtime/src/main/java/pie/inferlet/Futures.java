package pie.inferlet;

import java.lang.ref.Reference;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Derive futures whose cancellation reaches the operation in the engine. */
final class Futures {
    private Futures() {}

    /** Map a result; {@code f} runs where the source completes and so must be short. */
    static <A extends @Nullable Object, B extends @Nullable Object> CompletableFuture<B> map(
            CompletableFuture<A> source, Function<A, B> f) {
        var mapped = new Derived<B>(source);
        source.whenComplete((value, error) -> {
            if (error != null) {
                mapped.completeExceptionally(unwrap(error));
                return;
            }
            try {
                mapped.complete(f.apply(value));
            } catch (Throwable e) {
                mapped.completeExceptionally(e);
            }
        });
        return mapped;
    }

    /** Let somebody see how an operation went, before those who wait for it do. */
    static <T extends @Nullable Object> CompletableFuture<T> seen(
            CompletableFuture<T> source, BiConsumer<@Nullable T, @Nullable Throwable> witness) {
        var seen = new Derived<T>(source);
        source.whenComplete((value, error) -> {
            witness.accept(value, error);
            if (error == null) {
                seen.complete(value);
            } else {
                seen.completeExceptionally(unwrap(error));
            }
        });
        return seen;
    }

    /** Go on with another operation; {@code f} runs where the source completes and so must be short. */
    static <A extends @Nullable Object, B extends @Nullable Object> CompletableFuture<B> then(
            CompletableFuture<A> source, Function<A, CompletableFuture<B>> f) {
        var whole = new CompletableFuture<B>();
        source.whenComplete((value, error) -> {
            if (error != null) {
                whole.completeExceptionally(unwrap(error));
                return;
            }
            try {
                CompletableFuture<B> next = f.apply(value);
                next.whenComplete((done, failed) -> {
                    if (failed != null) {
                        whole.completeExceptionally(unwrap(failed));
                    } else {
                        whole.complete(done);
                    }
                });
                cancelled(whole, next);
            } catch (Throwable e) {
                whole.completeExceptionally(e);
            }
        });
        cancelled(whole, source);
        return whole;
    }

    private static void cancelled(CompletableFuture<?> by, CompletableFuture<?> operation) {
        var unused = by.whenComplete((value, error) -> {
            if (by.isCancelled()) {
                operation.cancel(true);
            }
        });
    }

    /** Follow a future without being able to cancel it. */
    static <T extends @Nullable Object> CompletableFuture<T> copy(CompletableFuture<T> source) {
        var copy = new CompletableFuture<T>();
        source.whenComplete((value, error) -> {
            if (error == null) {
                copy.complete(value);
            } else {
                copy.completeExceptionally(unwrap(error));
            }
        });
        return copy;
    }

    /** Keep an object from being collected until an operation on it has ended, though its caller holds the future alone. */
    static <T extends @Nullable Object> CompletableFuture<T> holding(Object owner, CompletableFuture<T> operation) {
        var unused = operation.whenComplete((value, error) -> Reference.reachabilityFence(owner));
        return operation;
    }

    static Throwable unwrap(Throwable error) {
        Throwable cause = error.getCause();
        return error instanceof CompletionException && cause != null ? cause : error;
    }

    private static final class Derived<T extends @Nullable Object> extends CompletableFuture<T> {
        private final CompletableFuture<?> source;

        Derived(CompletableFuture<?> source) {
            this.source = source;
        }

        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            boolean cancelled = super.cancel(mayInterruptIfRunning);
            source.cancel(mayInterruptIfRunning);
            return cancelled;
        }
    }
}
