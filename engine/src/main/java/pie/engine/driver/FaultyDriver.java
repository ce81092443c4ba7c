package pie.engine.driver;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Break the steps of another driver now and then, by seed: submits that throw, steps that fail, rows of no number, draws of tokens
 * that do not exist, results that come twice, and steps that never end until they are cancelled, or that run only then: what comes
 * behind such a step waits for it. For tests, and for showing that a server survives.
 */
public final class FaultyDriver implements Driver {
    /** Say what can go wrong. */
    public enum Fault {
        /** It cannot be launched. */
        THROW,
        /** It is not run for want of memory. */
        MEMORY,
        FAIL,
        NAN,
        MALFORMED,
        /** It does not end until it is cancelled. */
        HANG,
        /** It takes no notice of its cancellation: it runs after it. */
        LATE,
        /** Its result comes twice. */
        TWICE,
        /** It takes a hundred times as long; for drivers that run on real time. */
        SLOW,
        /** The device is lost. */
        LOSE
    }

    private static final int SLOWER = 99;

    private final Driver driver;
    private final FaultPlan plan;
    /** The step that hangs comes first, and what waits behind it. */
    private final ArrayDeque<Runnable> stuck = new ArrayDeque<>();

    private long hanging;

    /** @param rate share of steps that break */
    public FaultyDriver(Driver driver, long seed, double rate, Fault... faults) {
        this(driver, FaultPlan.evenly(seed, rate, faults));
    }

    public FaultyDriver(Driver driver, FaultPlan plan) {
        this.driver = driver;
        this.plan = plan;
    }

    @Override
    public DriverCapabilities capabilities() {
        return driver.capabilities();
    }

    @Override
    public ForwardBatch newBatch() {
        return driver.newBatch();
    }

    @Override
    public void submit(ForwardBatch batch, StepSink sink) {
        Optional<Fault> fault = plan.next();
        if (fault.isEmpty()) {
            inOrder(() -> driver.submit(batch, sink));
            return;
        }
        switch (fault.get()) {
            case THROW -> throw new IllegalStateException("launch failed on purpose");
            case MEMORY -> inOrder(() -> sink.failed(batch, DriverFault.notRun("out of memory on purpose", null)));
            case FAIL -> inOrder(() -> sink.failed(batch, new DriverFault("fault on purpose", false, null)));
            case LOSE -> inOrder(() -> sink.failed(batch, new DriverFault("device lost on purpose", true, null)));
            case TWICE -> inOrder(() -> driver.submit(batch, repeating(sink)));
            case SLOW -> inOrder(() -> driver.submit(batch, slow(sink)));
            case LATE -> hang(batch, () -> driver.submit(batch, sink));
            case NAN -> inOrder(() -> driver.submit(batch, spoiling(sink, ForwardResult.NAN, 0)));
            case MALFORMED -> inOrder(() -> driver.submit(batch, spoiling(sink, ForwardResult.OK, Integer.MAX_VALUE)));
            case HANG -> hang(batch, () -> sink.failed(batch, new DriverFault("cancelled", false, null)));
        }
    }

    /** Let the device do something, unless it hangs: then afterwards. */
    private void inOrder(Runnable job) {
        synchronized (stuck) {
            if (!stuck.isEmpty()) {
                stuck.add(job);
                return;
            }
        }
        job.run();
    }

    /** Let a step hang until it is cancelled, which then ends it. One hangs at a time. */
    private void hang(ForwardBatch batch, Runnable end) {
        synchronized (stuck) {
            if (stuck.isEmpty()) {
                hanging = batch.step;
            }
            stuck.add(end);
        }
    }

    private static StepSink spoiling(StepSink sink, byte status, int token) {
        return new StepSink() {
            @Override
            public void done(ForwardBatch batch, ForwardResult result) {
                if (batch.draws > 0) {
                    result.status[0] = status;
                    result.token[0] = token;
                }
                sink.done(batch, result);
            }

            @Override
            public void failed(ForwardBatch batch, DriverFault fault) {
                sink.failed(batch, fault);
            }
        };
    }

    private static StepSink slow(StepSink sink) {
        long begun = System.nanoTime();
        return new StepSink() {
            @Override
            public void done(ForwardBatch batch, ForwardResult result) {
                later(() -> sink.done(batch, result));
            }

            @Override
            public void failed(ForwardBatch batch, DriverFault fault) {
                later(() -> sink.failed(batch, fault));
            }

            private void later(Runnable end) {
                long more = SLOWER * (System.nanoTime() - begun);
                CompletableFuture.delayedExecutor(more, TimeUnit.NANOSECONDS).execute(end);
            }
        };
    }

    private static StepSink repeating(StepSink sink) {
        return new StepSink() {
            @Override
            public void done(ForwardBatch batch, ForwardResult result) {
                sink.done(batch, result);
                sink.done(batch, result);
            }

            @Override
            public void failed(ForwardBatch batch, DriverFault fault) {
                sink.failed(batch, fault);
                sink.failed(batch, fault);
            }
        };
    }

    @Override
    public void copyPages(CopyList list, CopySink sink) {
        if (plan.nextCopy()) {
            sink.failed(list, new DriverFault("copy fault on purpose", false, null));
        } else {
            inOrder(() -> driver.copyPages(list, sink));
        }
    }

    @Override
    public void readPages(CopyList list, MemorySegment bytes, CopySink sink) {
        if (plan.nextCopy()) {
            sink.failed(list, new DriverFault("read fault on purpose", false, null));
        } else {
            inOrder(() -> driver.readPages(list, bytes, sink));
        }
    }

    @Override
    public void writePages(MemorySegment bytes, CopyList list, CopySink sink) {
        if (plan.nextCopy()) {
            sink.failed(list, new DriverFault("write fault on purpose", false, null));
        } else {
            inOrder(() -> driver.writePages(bytes, list, sink));
        }
    }

    @Override
    public void supplyLate(long step, int draw, long[] mask) {
        driver.supplyLate(step, draw, mask);
    }

    @Override
    public void loadAdapter(int number, LoraAdapter adapter, AdapterSink sink) {
        if (plan.nextCopy()) {
            inOrder(() -> driver.unloadAdapter(number, failing(sink)));
        } else {
            inOrder(() -> driver.loadAdapter(number, adapter, sink));
        }
    }

    /** Have a load fail when the number is empty, as a fault leaves it. */
    private static AdapterSink failing(AdapterSink sink) {
        DriverFault fault = new DriverFault("adapter fault on purpose", false, null);
        return new AdapterSink() {
            @Override
            public void done(int number) {
                sink.failed(number, fault);
            }

            @Override
            public void failed(int number, DriverFault other) {
                sink.failed(number, fault);
            }
        };
    }

    @Override
    public void unloadAdapter(int number, AdapterSink sink) {
        inOrder(() -> driver.unloadAdapter(number, sink));
    }

    @Override
    public boolean ownMemory() {
        return driver.ownMemory();
    }

    @Override
    public void cancel(long step) {
        boolean hangs;
        synchronized (stuck) {
            hangs = hanging == step;
        }
        if (hangs) {
            goOn();
        }
        driver.cancel(step);
    }

    private void goOn() {
        ArrayDeque<Runnable> free = new ArrayDeque<>();
        synchronized (stuck) {
            free.addAll(stuck);
            stuck.clear();
        }
        free.forEach(Runnable::run);
    }

    @Override
    public DeviceStatus status() {
        return driver.status();
    }

    @Override
    public void close() {
        goOn();
        driver.close();
    }
}
