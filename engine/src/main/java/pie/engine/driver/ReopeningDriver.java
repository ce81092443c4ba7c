package pie.engine.driver;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Open a driver anew when its device is lost: at once, then with growing pauses. Until it is back, all work fails as on a lost device.
 * Batches and adapters stay good, pages do not: {@link #reopened} counts how often they became void.
 */
public final class ReopeningDriver implements Driver {
    private static final Duration LEAST_PAUSE = Duration.ofSeconds(1);
    private static final Duration MOST_PAUSE = Duration.ofMinutes(1);

    private final IntFunction<Driver> open;
    private final Consumer<String> progress;
    private final DriverCapabilities capabilities;
    private final Duration pause;
    private final Map<Integer, LoraAdapter> adapters = new ConcurrentHashMap<>();
    private final Object lock = new Object();
    private Driver driver;
    /** Not null while the device is lost. */
    private @Nullable DriverFault lost;

    private @Nullable Thread opener;
    private boolean closed;
    private volatile int reopened;
    private Sink last;

    /**
     * @param open given the number of pages: 0 for what the driver thinks right, later what it had
     * @param progress told when the device is lost, is back, or does not come back
     */
    public ReopeningDriver(IntFunction<Driver> open, Consumer<String> progress) {
        this(open, progress, LEAST_PAUSE);
    }

    ReopeningDriver(IntFunction<Driver> open, Consumer<String> progress, Duration pause) {
        this.open = open;
        this.progress = progress;
        this.pause = pause;
        driver = open.apply(0);
        capabilities = driver.capabilities();
        last = new Sink(driver, NOBODY);
    }

    private static final StepSink NOBODY = new StepSink() {
        @Override
        public void done(ForwardBatch batch, ForwardResult result) {}

        @Override
        public void failed(ForwardBatch batch, DriverFault fault) {}
    };

    /** Notice that the device is lost before anybody else hears of it. */
    private final class Sink implements StepSink {
        private final Driver of;
        private final StepSink to;

        Sink(Driver of, StepSink to) {
            this.of = of;
            this.to = to;
        }

        @Override
        public void done(ForwardBatch batch, ForwardResult result) {
            to.done(batch, result);
        }

        @Override
        public void failed(ForwardBatch batch, DriverFault fault) {
            notice(of, fault);
            to.failed(batch, fault);
        }
    }

    private void notice(Driver of, DriverFault fault) {
        synchronized (lock) {
            if (!fault.deviceLost() || closed || of != driver || lost != null) {
                return;
            }
            lost = new DriverFault(fault.message() + "; it is being opened again", true, fault.cause());
            opener = Thread.ofPlatform().name("pie-reopen").daemon(true).start(this::reopen);
        }
    }

    /** Run on a thread of its own until the device is back or the driver is closed. */
    private void reopen() {
        Driver broken;
        synchronized (lock) {
            broken = driver;
        }
        progress.accept("the device is lost and is being opened again");
        broken.close();
        Duration wait = pause;
        while (!closedWithin(Duration.ZERO)) {
            try {
                Driver again = open.apply(capabilities.totalPages());
                adapters.forEach((number, adapter) -> again.loadAdapter(number, adapter, silent()));
                if (take(again)) {
                    progress.accept("the device is back");
                } else {
                    again.close();
                }
                return;
            } catch (RuntimeException e) {
                progress.accept(
                        "the device does not come back, next try in " + wait.toSeconds() + " s: " + e.getMessage());
            }
            if (closedWithin(wait)) {
                return;
            }
            wait = wait.multipliedBy(2).compareTo(MOST_PAUSE) > 0 ? MOST_PAUSE : wait.multipliedBy(2);
        }
    }

    /** Wait, and return early if the driver is closed. */
    private boolean closedWithin(Duration pause) {
        long end = System.nanoTime() + pause.toNanos();
        synchronized (lock) {
            for (long left = pause.toNanos(); !closed && left > 0; left = end - System.nanoTime()) {
                try {
                    lock.wait(left / 1_000_000 + 1);
                } catch (InterruptedException e) {
                    return true; // nobody interrupts this thread but an end of the process
                }
            }
            return closed;
        }
    }

    private boolean take(Driver again) {
        synchronized (lock) {
            if (closed) {
                return false;
            }
            driver = again;
            lost = null;
            reopened++;
            return true;
        }
    }

    private static AdapterSink silent() {
        return new AdapterSink() {
            @Override
            public void done(int number) {}

            @Override
            public void failed(int number, DriverFault fault) {
                // requests that name it fail their step and say so
            }
        };
    }

    /** Do something with the driver, or tell why not. */
    private void with(Consumer<Driver> work, Consumer<DriverFault> refuse) {
        DriverFault fault;
        synchronized (lock) {
            fault = lost;
            if (fault == null) {
                work.accept(driver);
                return;
            }
        }
        refuse.accept(fault);
    }

    @Override
    public DriverCapabilities capabilities() {
        return capabilities;
    }

    @Override
    public ForwardBatch newBatch() {
        synchronized (lock) {
            return lost == null ? driver.newBatch() : new ForwardBatch(capabilities);
        }
    }

    @Override
    public int reopened() {
        return reopened;
    }

    @Override
    public void submit(ForwardBatch batch, StepSink sink) {
        DriverFault fault;
        synchronized (lock) {
            fault = lost;
            if (fault == null) {
                if (last.of != driver || last.to != sink) {
                    last = new Sink(driver, sink);
                }
                driver.submit(batch, last);
                return;
            }
        }
        sink.failed(batch, fault);
    }

    @Override
    public void supplyLate(long step, int draw, long[] mask) {
        with(d -> d.supplyLate(step, draw, mask), fault -> {});
    }

    @Override
    public void copyPages(CopyList list, CopySink sink) {
        with(d -> d.copyPages(list, noticing(d, sink)), fault -> sink.failed(list, fault));
    }

    @Override
    public void readPages(CopyList list, MemorySegment bytes, CopySink sink) {
        with(d -> d.readPages(list, bytes, noticing(d, sink)), fault -> sink.failed(list, fault));
    }

    @Override
    public void writePages(MemorySegment bytes, CopyList list, CopySink sink) {
        with(d -> d.writePages(bytes, list, noticing(d, sink)), fault -> sink.failed(list, fault));
    }

    private CopySink noticing(Driver of, CopySink to) {
        return new CopySink() {
            @Override
            public void done(CopyList list) {
                to.done(list);
            }

            @Override
            public void failed(CopyList list, DriverFault fault) {
                notice(of, fault);
                to.failed(list, fault);
            }
        };
    }

    @Override
    public void loadAdapter(int number, LoraAdapter adapter, AdapterSink sink) {
        adapters.put(number, adapter);
        with(d -> d.loadAdapter(number, adapter, noticing(d, number, sink)), fault -> sink.failed(number, fault));
    }

    @Override
    public void unloadAdapter(int number, AdapterSink sink) {
        adapters.remove(number);
        with(d -> d.unloadAdapter(number, noticing(d, number, sink)), fault -> sink.failed(number, fault));
    }

    private AdapterSink noticing(Driver of, int loaded, AdapterSink to) {
        return new AdapterSink() {
            @Override
            public void done(int number) {
                to.done(number);
            }

            @Override
            public void failed(int number, DriverFault fault) {
                adapters.remove(loaded);
                notice(of, fault);
                to.failed(number, fault);
            }
        };
    }

    @Override
    public void cancel(long step) {
        with(d -> d.cancel(step), fault -> {});
    }

    @Override
    public DeviceStatus status() {
        synchronized (lock) {
            return lost == null ? driver.status() : new DeviceStatus(0, 0, Double.NaN);
        }
    }

    @Override
    public void close() {
        Thread opening;
        boolean there;
        synchronized (lock) {
            closed = true;
            lock.notifyAll();
            opening = opener;
            there = lost == null;
        }
        if (opening != null) {
            try {
                opening.join(MOST_PAUSE);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        if (there) {
            driver.close();
        }
    }
}
