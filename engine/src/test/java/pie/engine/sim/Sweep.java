package pie.engine.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** Run a range of seeds on some threads, each simulation on one of them, and add up what they came to. */
final class Sweep {
    /** Told of each failure, one at a time; returns whether to go on. */
    interface Failures {
        boolean goOn(AssertionError failure);
    }

    private final LongFunction<Simulation.Report> run;
    private final Failures failures;
    private final long end;
    private final AtomicLong next;
    private final long last;
    private final List<Throwable> broken = new ArrayList<>();
    private volatile boolean stopped;
    private long done;
    private long failed;
    private long drafting;
    private Simulation.Report sum = Simulation.Report.NOTHING;
    private Runnable after = () -> {};

    /** @param end time of {@link System#nanoTime} after which no seed is begun */
    Sweep(long first, long last, long end, LongFunction<Simulation.Report> run, Failures failures) {
        next = new AtomicLong(first);
        this.last = last;
        this.end = end;
        this.run = run;
        this.failures = failures;
    }

    /** Have something done after each seed, one at a time. */
    Sweep after(Runnable what) {
        after = what;
        return this;
    }

    /** Run all seeds; what is no failure of a simulation is thrown. */
    Sweep on(int threads) throws InterruptedException {
        List<Thread> all = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            all.add(Thread.ofPlatform().name("seeds-" + i).start(this::work));
        }
        for (Thread each : all) {
            each.join();
        }
        if (!broken.isEmpty()) {
            throw new IllegalStateException("a simulation could not be run", broken.getFirst());
        }
        return this;
    }

    private void work() {
        try {
            while (!stopped && System.nanoTime() - end < 0) {
                long seed = next.getAndIncrement();
                if (seed > last) {
                    return;
                }
                try {
                    add(run.apply(seed), null);
                } catch (AssertionError e) {
                    add(null, e);
                }
            }
        } catch (RuntimeException | Error e) {
            synchronized (this) {
                broken.add(e);
            }
            stopped = true;
        }
    }

    private synchronized void add(Simulation.@Nullable Report report, @Nullable AssertionError failure) {
        done++;
        if (report != null) {
            sum = sum.plus(report);
            drafting += report.accepted() > 0 ? 1 : 0;
        } else if (failure != null) {
            failed++;
            stopped |= !failures.goOn(failure);
        }
        after.run();
    }

    /** Return how many seeds were run. */
    long done() {
        return done;
    }

    long failed() {
        return failed;
    }

    /** Return the seeds with drafts that held. */
    long drafting() {
        return drafting;
    }

    Simulation.Report sum() {
        return sum;
    }
}
