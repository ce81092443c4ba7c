package pie.server;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import pie.engine.EngineStats;

/**
 * Ask an engine's loop for its counts without ever waiting for it for long: at most one question is open, its answer is shared, and
 * the time since the last answer says whether the loop lives.
 */
final class EnginePulse {
    private static final Duration FRESH = Duration.ofMillis(100);
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    /** Carry an answer and when it came. */
    record Beat(Optional<EngineStats> stats, long nanos) {}

    private final String model;
    private final Supplier<EngineStats> question;
    private final AtomicReference<@Nullable CompletableFuture<Beat>> open = new AtomicReference<>();
    private volatile Beat last = new Beat(Optional.empty(), System.nanoTime());

    EnginePulse(String model, Supplier<EngineStats> question) {
        this.model = model;
        this.question = question;
    }

    String model() {
        return model;
    }

    /** Return how long the loop has not answered. */
    Duration silence() {
        return Duration.ofNanos(System.nanoTime() - last.nanos);
    }

    /** Ask, unless a question is open. */
    CompletableFuture<Beat> ask() {
        var mine = new CompletableFuture<Beat>();
        CompletableFuture<Beat> other = open.compareAndExchange(null, mine);
        if (other != null) {
            return other;
        }
        Thread.ofVirtual().name("pie-pulse").start(() -> {
            try {
                last = new Beat(Optional.of(question.get()), System.nanoTime());
                mine.complete(last);
            } catch (RuntimeException e) {
                mine.completeExceptionally(e);
            } finally {
                open.set(null);
            }
        });
        return mine;
    }

    /** Return counts that are fresh, or the last ones known where the loop does not answer; empty before the first answer. */
    Optional<EngineStats> stats() {
        if (last.stats.isEmpty() || silence().compareTo(FRESH) > 0) {
            try {
                return ask().get(PATIENCE.toNanos(), TimeUnit.NANOSECONDS).stats;
            } catch (TimeoutException | ExecutionException e) {
                return last.stats;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return last.stats;
            }
        }
        return last.stats;
    }
}
