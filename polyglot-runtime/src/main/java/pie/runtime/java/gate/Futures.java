package pie.runtime.java.gate;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import pie.inferlet.Host;

/**
 * Run what hangs on a future on the program's own thread, while that thread waits in {@code join} or {@code get}: the engine's
 * threads complete futures, and no code of a program may run on them.
 */
public final class Futures {
    private static final ConcurrentLinkedQueue<Runnable> READY = new ConcurrentLinkedQueue<>();
    /** What each wait waits for: several may wait where a program answers requests, though one of them runs at a time. */
    private static final Set<CompletableFuture<@Nullable Void>> WAITS = ConcurrentHashMap.newKeySet();

    private static final Executor OWN = task -> {
        READY.add(task);
        wake();
    };

    private Futures() {}

    /** Return what runs pieces of the program on its own thread. */
    public static Executor own() {
        return OWN;
    }

    private static void wake() {
        WAITS.forEach(wait -> wait.complete(null));
    }

    /** Wait for a future and run what becomes ready meanwhile; false: the time has passed. */
    private static boolean await(CompletableFuture<?> future, long nanos) {
        Gate.check();
        long end = System.nanoTime() + nanos;
        future.whenComplete((v, t) -> wake());
        while (true) {
            CompletableFuture<@Nullable Void> next = new CompletableFuture<>();
            WAITS.add(next);
            try {
                for (Runnable task = READY.poll(); task != null; task = READY.poll()) {
                    Gate.check();
                    task.run();
                }
                if (future.isDone()) {
                    return true;
                }
                if (nanos < Long.MAX_VALUE / 4) {
                    long left = end - System.nanoTime();
                    if (left <= 0) {
                        return false;
                    }
                    next.completeOnTimeout(null, left, TimeUnit.NANOSECONDS);
                }
                Gate.host().await(next, Host.BEGUN);
            } finally {
                WAITS.remove(next);
            }
        }
    }

    /** Return the outcome of what a program's entry returned. */
    public static Object result(CompletableFuture<Object> future) {
        return join(future);
    }

    @Replaces(CompletableFuture.class)
    public static <T> T join(CompletableFuture<T> f) {
        await(f, Long.MAX_VALUE / 4);
        return f.join();
    }

    @Replaces(Future.class)
    public static <T> T get(Future<T> f) throws InterruptedException, ExecutionException {
        await(own(f), Long.MAX_VALUE / 4);
        return f.get();
    }

    @Replaces(Future.class)
    public static <T> T get(Future<T> f, long time, TimeUnit unit)
            throws InterruptedException, ExecutionException, TimeoutException {
        if (!await(own(f), Math.min(unit.toNanos(time), Long.MAX_VALUE / 8))) {
            throw new TimeoutException();
        }
        return f.get();
    }

    private static <T> CompletableFuture<T> own(Future<T> f) {
        if (f instanceof CompletableFuture<T> c) {
            return c;
        }
        throw new UnsupportedOperationException("only CompletableFuture can be waited for");
    }

    @Replaces(value = CompletableFuture.class, statically = true)
    public static <T> CompletableFuture<T> supplyAsync(Supplier<T> s) {
        return CompletableFuture.supplyAsync(s, OWN);
    }

    @Replaces(value = CompletableFuture.class, statically = true)
    public static CompletableFuture<Void> runAsync(Runnable r) {
        return CompletableFuture.runAsync(r, OWN);
    }

    @Replaces(CompletableFuture.class)
    public static <T, U> CompletableFuture<U> thenApply(CompletableFuture<T> f, Function<? super T, ? extends U> g) {
        return f.thenApplyAsync(g, OWN);
    }

    @Replaces(CompletableFuture.class)
    public static <T> CompletableFuture<Void> thenAccept(CompletableFuture<T> f, Consumer<? super T> g) {
        return f.thenAcceptAsync(g, OWN);
    }

    @Replaces(CompletableFuture.class)
    public static <T> CompletableFuture<Void> thenRun(CompletableFuture<T> f, Runnable g) {
        return f.thenRunAsync(g, OWN);
    }

    @Replaces(CompletableFuture.class)
    public static <T, U> CompletableFuture<U> thenCompose(
            CompletableFuture<T> f, Function<? super T, ? extends CompletionStage<U>> g) {
        return f.thenComposeAsync(g, OWN);
    }

    @Replaces(CompletableFuture.class)
    public static <T, U, V> CompletableFuture<V> thenCombine(
            CompletableFuture<T> f,
            CompletionStage<? extends U> other,
            BiFunction<? super T, ? super U, ? extends V> g) {
        return f.thenCombineAsync(other, g, OWN);
    }

    @Replaces(CompletableFuture.class)
    public static <T, U> CompletableFuture<U> handle(
            CompletableFuture<T> f, BiFunction<? super T, @Nullable Throwable, ? extends U> g) {
        return f.handleAsync(g, OWN);
    }

    @Replaces(CompletableFuture.class)
    public static <T> CompletableFuture<T> whenComplete(
            CompletableFuture<T> f, BiConsumer<? super T, ? super Throwable> g) {
        return f.whenCompleteAsync(g, OWN);
    }

    @Replaces(CompletableFuture.class)
    public static <T> CompletableFuture<T> exceptionally(CompletableFuture<T> f, Function<Throwable, ? extends T> g) {
        return f.exceptionallyAsync(g, OWN);
    }
}
