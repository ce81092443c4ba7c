package pie.runtime;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import pie.engine.process.ProcessId;

/** Be the thread of one process, with the guest that it runs while there is one, and read the clocks of both. */
final class GuestThread<P> {
    private static final long STACK_BYTES = 16L << 20;
    private static final com.sun.management.ThreadMXBean THREADS =
            (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final Thread thread;
    private final ProcessTime time;
    private volatile @Nullable Guest<P> guest;
    private volatile long allocatedBytes;

    /** @param time takes the readings of the CPU clock */
    GuestThread(ProcessId id, ProcessTime time, Runnable body) {
        this.time = time;
        thread = Thread.ofPlatform()
                .name("pie-guest-" + id)
                .stackSize(STACK_BYTES)
                .daemon()
                .unstarted(body);
    }

    void start() {
        thread.start();
    }

    Thread thread() {
        return thread;
    }

    boolean alive() {
        return thread.isAlive();
    }

    /** Say whether it was started and is no more. */
    boolean ended() {
        return thread.getState() == Thread.State.TERMINATED;
    }

    /** Wait for the thread to end. Return whether it did. */
    boolean ends(Duration within) throws InterruptedException {
        return thread.join(within);
    }

    /** Have a thread that cannot be ended take nothing from others. */
    void leaveBehind() {
        thread.setPriority(Thread.MIN_PRIORITY);
    }

    /** Take note of what the program runs in, null for no more: what it held must not be held as long as its outcome is. */
    void runs(@Nullable Guest<P> taken) {
        guest = taken;
    }

    @Nullable
    Guest<P> guest() {
        return guest;
    }

    /** Read the clocks, while there is something to read. */
    void sample() {
        if (thread.isAlive()) {
            Guest<P> running = guest;
            long cpu = THREADS.getThreadCpuTime(thread.threadId()) + (running == null ? 0 : running.cpuNanos());
            long bytes = THREADS.getThreadAllocatedBytes(thread.threadId());
            time.cpu(cpu);
            allocatedBytes = Math.max(allocatedBytes, bytes);
        }
    }

    /** Return what the thread had allocated when it was looked at last. */
    long allocatedBytes() {
        return allocatedBytes;
    }
}
