package pie.runtime;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.process.Budget;

/**
 * Keep the CPU and wall time of a process within its budget and those of its parents. What children compute counts for their parents
 * too, also when they have ended, and a child has no more time than its parents have left, also when those have ended.
 */
final class ProcessTime {
    private static final long UNLIMITED = Long.MAX_VALUE;

    private final LongSupplier clock;
    private final @Nullable ProcessTime above;
    private final long wallNanos;
    private final long cpuNanos;
    private final AtomicLong own = new AtomicLong();
    /** CPU time of this process and of all below. */
    private final AtomicLong used = new AtomicLong();

    private volatile long began;
    private volatile boolean running;

    /** @param clock gives nanoseconds */
    ProcessTime(Budget budget, Optional<ProcessTime> parent, LongSupplier clock) {
        this.clock = clock;
        above = parent.orElse(null);
        wallNanos = budget.wall().map(ProcessTime::nanos).orElse(UNLIMITED);
        cpuNanos = budget.cpu().map(ProcessTime::nanos).orElse(UNLIMITED);
    }

    private static long nanos(Duration limit) {
        return limit.compareTo(Duration.ofNanos(UNLIMITED)) < 0 ? limit.toNanos() : UNLIMITED;
    }

    /** Count wall time from now on. */
    void begin() {
        began = clock.getAsLong();
        running = true;
    }

    /** Take the reading of the CPU clock of its thread, which may come late or twice. */
    void cpu(long reading) {
        long before = own.getAndAccumulate(reading, Math::max);
        long more = reading - before;
        for (@Nullable ProcessTime each = more > 0 ? this : null; each != null; each = each.above) {
            each.used.addAndGet(more);
        }
    }

    /** Return the CPU time of the process alone. */
    long cpuNanos() {
        return own.get();
    }

    /** Return what is spent, of its own budget or of one above, if anything is. */
    Optional<PieException> spent() {
        for (@Nullable ProcessTime each = this; each != null; each = each.above) {
            String scope = each == this ? "process" : "parent";
            long wall = each.running ? clock.getAsLong() - each.began : 0;
            if (wall > each.wallNanos) {
                return Optional.of(exhausted("wall", scope, each.wallNanos, wall));
            }
            long cpu = each.used.get();
            if (cpu > each.cpuNanos) {
                return Optional.of(exhausted("cpu", scope, each.cpuNanos, cpu));
            }
        }
        return Optional.empty();
    }

    private static PieException exhausted(String budget, String scope, long limit, long used) {
        String whose = scope.equals("parent")
                ? "what launched the program, with its children, used up its "
                : "the program used up its ";
        return new PieException(
                ErrorCode.BUDGET_EXHAUSTED,
                whose + budget + " time of " + limit / 1_000_000 + " ms",
                Map.of("budget", budget, "scope", scope, "limit", seconds(limit), "used", seconds(used)));
    }

    private static double seconds(long nanos) {
        return nanos / 1_000_000 / 1e3;
    }
}
