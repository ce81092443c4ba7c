package pie.engine;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Carry work to the loop's thread: a bounded number of commands of callers, and completions of what the loop itself began, which are
 * never refused.
 */
final class CommandQueue {
    static final long PATIENCE = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long NAP = TimeUnit.MICROSECONDS.toNanos(200);

    private final int limit;
    private final long patience;
    private final ConcurrentLinkedQueue<Runnable> completions = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Runnable> commands = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private volatile @Nullable Thread parked;

    /** @param patience nanoseconds that a caller waits for room */
    CommandQueue(int limit, long patience) {
        this.limit = limit;
        this.patience = patience;
    }

    /** Add a command. @throws PieException OVERLOADED if there is no room within the caller's patience */
    void command(Runnable command) {
        long start = patience == 0 ? 0 : System.nanoTime();
        while (waiting.incrementAndGet() > limit) {
            waiting.decrementAndGet();
            if (patience == 0 || System.nanoTime() - start > patience) {
                throw new PieException(
                        ErrorCode.OVERLOADED, "the engine's queue of " + limit + " commands is full: try again later");
            }
            LockSupport.parkNanos(this, NAP);
        }
        commands.add(command);
        wake();
    }

    /** Add what must get through: the end of a step or copy, a cancellation, a close. */
    void completion(Runnable completion) {
        completions.add(completion);
        wake();
    }

    int depth() {
        return waiting.get();
    }

    @Nullable
    Runnable nextCompletion() {
        return completions.poll();
    }

    @Nullable
    Runnable nextCommand() {
        Runnable command = commands.poll();
        if (command != null) {
            waiting.decrementAndGet();
        }
        return command;
    }

    boolean empty() {
        return completions.isEmpty() && commands.isEmpty();
    }

    /** Park the loop's thread until something comes, at most for {@code nanos}. */
    void await(long nanos) {
        parked = Thread.currentThread();
        if (empty()) {
            if (nanos == Long.MAX_VALUE) {
                LockSupport.park(this);
            } else if (nanos > 0) {
                LockSupport.parkNanos(this, nanos);
            }
        }
        parked = null;
    }

    private void wake() {
        Thread thread = parked;
        if (thread != null) {
            LockSupport.unpark(thread);
        }
    }
}
