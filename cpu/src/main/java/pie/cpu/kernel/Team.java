package pie.cpu.kernel;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Run one job on a fixed number of threads at once; worker 0 is the thread that calls {@link #run}.
 *
 * <p>Workers wait by spinning, then yielding, then parking, so that a step costs no wake-ups and an idle driver no processor time.
 */
public final class Team implements AutoCloseable {
    private static final int SPINS = 4_000;
    private static final int YIELDS = 400;
    private static final long NAP_NANOS = 50_000;

    /** Thrown in workers that wait for one that failed. */
    private static final class Broken extends RuntimeException {
        Broken() {
            super("another worker failed", null, false, false);
        }
    }

    private final Thread[] threads;
    private final int size;
    private final AtomicInteger arrived = new AtomicInteger();
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger tickets = new AtomicInteger();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private volatile int generation;
    private volatile int jobNumber;
    private volatile boolean closed;
    private IntConsumer job = t -> {};

    public Team(int size, String name) {
        this(size, name, () -> {});
    }

    /** @param begin run first by every worker but 0 */
    public Team(int size, String name, Runnable begin) {
        this.size = size;
        threads = new Thread[size - 1];
        for (int i = 1; i < size; i++) {
            int worker = i;
            threads[i - 1] = Thread.ofPlatform()
                    .name(name + "-" + worker)
                    .daemon(true)
                    .start(() -> {
                        begin.run();
                        work(worker);
                    });
        }
    }

    public int size() {
        return size;
    }

    /** Run the job once per worker and return when all are done; rethrows the first failure. */
    public void run(IntConsumer work) {
        job = work;
        tickets.set(0);
        running.set(size - 1);
        jobNumber++; // only ever written by the caller of run
        for (Thread t : threads) {
            LockSupport.unpark(t);
        }
        attempt(0);
        for (int spins = 0; running.get() > 0; spins++) {
            pause(spins);
        }
        arrived.set(0);
        Throwable first = failure.getAndSet(null);
        if (first instanceof Error e) {
            throw e;
        }
        if (first instanceof RuntimeException e) {
            throw e;
        }
    }

    /** Wait inside a job until every worker has come here. */
    public void barrier() {
        if (size == 1) {
            tickets.set(0);
            return;
        }
        int before = generation;
        if (arrived.incrementAndGet() == size) {
            arrived.set(0);
            tickets.set(0);
            generation = before + 1;
            return;
        }
        for (int spins = 0; generation == before; spins++) {
            if (failure.get() != null) {
                throw new Broken();
            }
            pause(spins);
        }
    }

    /** Return the next number from 0 up, each to one worker only; every barrier and run starts again at 0. */
    public int ticket() {
        return tickets.getAndIncrement();
    }

    private void work(int worker) {
        int seen = 0;
        while (true) {
            for (int spins = 0; jobNumber == seen; spins++) {
                if (closed) {
                    return;
                }
                if (spins < SPINS) {
                    Thread.onSpinWait();
                } else if (spins < SPINS + YIELDS) {
                    Thread.yield();
                } else {
                    LockSupport.park(this);
                }
            }
            seen = jobNumber;
            attempt(worker);
            running.decrementAndGet();
        }
    }

    private void attempt(int worker) {
        try {
            job.accept(worker);
        } catch (Throwable e) { // handed to the caller of run
            failure.compareAndSet(null, e);
        }
    }

    private static void pause(int spins) {
        if (spins < SPINS) {
            Thread.onSpinWait();
        } else if (spins < SPINS + YIELDS) {
            Thread.yield();
        } else {
            LockSupport.parkNanos(NAP_NANOS);
        }
    }

    @Override
    public void close() {
        closed = true;
        for (Thread t : threads) {
            LockSupport.unpark(t);
        }
        for (Thread t : threads) {
            try {
                t.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
