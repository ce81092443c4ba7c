package pie.inferlet;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import pie.engine.ErrorCode;
import pie.engine.PieException;

/** Wait: module {@code timers}. */
public final class Timers {
    private Timers() {}

    public static void sleep(Duration time) {
        Host.current().await(sleepAsync(time), "timer");
    }

    public static CompletableFuture<@Nullable Void> sleepAsync(Duration time) {
        Host host = Host.current();
        host.checkLive();
        if (time.isNegative()) {
            throw PieException.invalid("sleep: the time must be >= 0, got " + time);
        }
        var done = new CompletableFuture<@Nullable Void>();
        after(time).execute(() -> done.complete(null));
        return host.begun(done, "timer");
    }

    /** Wait for a future at most {@code limit}; then cancel it and fail with TIMEOUT. */
    public static <T extends @Nullable Object> T timeout(CompletableFuture<T> operation, Duration limit) {
        return Host.current().await(timeoutAsync(operation, limit), Host.BEGUN);
    }

    public static <T extends @Nullable Object> CompletableFuture<T> timeoutAsync(
            CompletableFuture<T> operation, Duration limit) {
        var limited = new CompletableFuture<T>();
        var late = new AtomicBoolean();
        operation.whenComplete((value, error) -> {
            if (error == null) {
                limited.complete(value);
            } else if (late.get() && error instanceof CancellationException) {
                limited.completeExceptionally(
                        new PieException(ErrorCode.TIMEOUT, "timeout: not done within " + limit.toMillis() + " ms"));
            } else {
                limited.completeExceptionally(Futures.unwrap(error));
            }
        });
        var unused = limited.whenComplete((value, error) -> {
            if (limited.isCancelled()) {
                operation.cancel(true);
            }
        });
        // The operation first: what it would still bring must not be lost between its end and ours.
        after(limit).execute(() -> {
            late.set(true);
            operation.cancel(true);
        });
        return limited;
    }

    private static Executor after(Duration time) {
        return CompletableFuture.delayedExecutor(time.toNanos(), TimeUnit.NANOSECONDS, Runnable::run);
    }
}
