package pie.cuda;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import pie.cuda.api.CudaCallException;
import pie.engine.driver.AdapterSink;
import pie.engine.driver.CopyList;
import pie.engine.driver.CopySink;
import pie.engine.driver.DeviceStatus;
import pie.engine.driver.Driver;
import pie.engine.driver.DriverCapabilities;
import pie.engine.driver.DriverFault;
import pie.engine.driver.ForwardBatch;
import pie.engine.driver.ForwardResult;
import pie.engine.driver.LateMasks;
import pie.engine.driver.LoraAdapter;
import pie.engine.driver.StepSink;

/**
 * Run steps and page copies in order of submission, on one platform thread that owns the device. Up to two steps are on the device's
 * stream at once: the second is laid out and launched while the first runs.
 */
final class CudaDriver implements Driver {
    private static final int DEPTH = 2;
    private static final long SPIN_NANOS = 200_000;
    private static final long PAUSE_NANOS = 20_000;
    /** Time that work on the device gets to end when the driver is closed. */
    static final Duration PATIENCE = Duration.ofSeconds(10);

    /** One thing to do, and what to answer if it cannot be done. */
    private record Task(Runnable run, java.util.function.Consumer<DriverFault> refuse, Kind kind) {}

    private enum Kind {
        STEP,
        MOVE,
        /** Changes what steps read: none may be under way. */
        ADAPTER
    }

    /** A step on the stream. */
    private record Flight(int turn, ForwardBatch batch, long step, StepSink sink, ForwardResult result) {}

    /** A move of pages. */
    private record Moving(PageMover.Move move, CopyList list, CopySink sink) {}

    private final ConcurrentLinkedQueue<Task> queue = new ConcurrentLinkedQueue<>();
    private final ArrayDeque<Flight> flights = new ArrayDeque<>();
    private final Map<ForwardBatch, ForwardResult> results = new ConcurrentHashMap<>();
    private final Set<Long> cancelled = ConcurrentHashMap.newKeySet();
    private final Thread owner;
    private final DriverCapabilities capabilities;
    private final CudaMachine machine;
    private volatile DeviceStatus status;
    private final Duration patience;
    private volatile boolean closing;
    /** Set once the device did not end its work in time: nothing waits for it any more, and its memory stays until the process ends. */
    private volatile boolean abandoned;
    /** Set once the context is broken: everything is refused from then on. */
    private @Nullable DriverFault lost;

    private @Nullable Moving moving;
    private final LateMasks late = new LateMasks();
    /** When the layers of the step that waits for late masks were seen to have run, 0 before. */
    private long lateSince;

    /** @param open called on the thread that will own the device */
    CudaDriver(Supplier<CudaMachine> open) {
        this(open, PATIENCE);
    }

    /**
     * @param open called on the thread that will own the device
     * @param patience time that work on the device gets to end when the driver is closed
     */
    CudaDriver(Supplier<CudaMachine> open, Duration patience) {
        this.patience = patience;
        CompletableFuture<CudaMachine> opened = new CompletableFuture<>();
        CompletableFuture<Boolean> ready = new CompletableFuture<>();
        owner = Thread.ofPlatform().name("pie-cuda-0").daemon(true).start(() -> {
            try {
                opened.complete(open.get());
            } catch (Throwable e) {
                opened.completeExceptionally(e);
                return;
            }
            ready.join();
            loop();
        });
        machine = join(opened);
        capabilities = machine.capabilities();
        status = new DeviceStatus(0, machine.totalMemory(), Double.NaN);
        ready.complete(true);
    }

    private static CudaMachine join(CompletableFuture<CudaMachine> opened) {
        try {
            return opened.join();
        } catch (CompletionException e) {
            switch (e.getCause()) {
                case RuntimeException cause -> throw cause;
                case Error cause -> throw cause;
                case null, default -> throw e;
            }
        }
    }

    @Override
    public DriverCapabilities capabilities() {
        return capabilities;
    }

    @Override
    public ForwardBatch newBatch() {
        ForwardBatch batch = new ForwardBatch(capabilities);
        results.put(batch, new ForwardResult(capabilities));
        return batch;
    }

    @Override
    public void submit(ForwardBatch batch, StepSink sink) {
        long submitted = System.nanoTime();
        enqueue(new Task(() -> begin(batch, sink, submitted), fault -> sink.failed(batch, fault), Kind.STEP));
    }

    @Override
    public void copyPages(CopyList list, CopySink sink) {
        move(list, sink, () -> machine.mover().copy(list));
    }

    @Override
    public void readPages(CopyList list, MemorySegment bytes, CopySink sink) {
        move(list, sink, () -> machine.mover().read(list, bytes));
    }

    @Override
    public void writePages(MemorySegment bytes, CopyList list, CopySink sink) {
        move(list, sink, () -> machine.mover().write(bytes, list));
    }

    private void move(CopyList list, CopySink sink, Supplier<PageMover.Move> move) {
        enqueue(new Task(
                () -> {
                    try {
                        moving = new Moving(move.get(), list, sink);
                    } catch (RuntimeException e) {
                        sink.failed(list, fault("page copy", e));
                        return;
                    }
                    advance(moving);
                },
                fault -> sink.failed(list, fault),
                Kind.MOVE));
    }

    private void advance(Moving current) {
        try {
            if (!current.move.advance()) {
                return;
            }
        } catch (RuntimeException e) {
            moving = null;
            current.sink.failed(current.list, fault("page copy", e));
            return;
        }
        moving = null;
        current.sink.done(current.list);
    }

    @Override
    public void supplyLate(long step, int draw, long[] mask) {
        late.supply(step, draw, mask);
        LockSupport.unpark(owner);
    }

    @Override
    public void loadAdapter(int number, LoraAdapter adapter, AdapterSink sink) {
        adapt(number, sink, () -> machine.adapters().load(number, adapter));
    }

    @Override
    public void unloadAdapter(int number, AdapterSink sink) {
        adapt(number, sink, () -> machine.adapters().unload(number));
    }

    private void adapt(int number, AdapterSink sink, Runnable change) {
        enqueue(new Task(
                () -> {
                    try {
                        change.run();
                    } catch (RuntimeException e) {
                        sink.failed(number, fault("adapter " + number, e));
                        return;
                    }
                    sink.done(number);
                },
                fault -> sink.failed(number, fault),
                Kind.ADAPTER));
    }

    @Override
    public void cancel(long step) {
        cancelled.add(step);
    }

    @Override
    public DeviceStatus status() {
        return status;
    }

    private void enqueue(Task task) {
        synchronized (queue) {
            if (!closing) {
                queue.add(task);
                LockSupport.unpark(owner);
                return;
            }
        }
        task.refuse.accept(new DriverFault("the cuda driver is closed", true, null));
    }

    /** Run on the owner: take tasks, finish steps in their order. */
    private void loop() {
        try {
            refreshStatus();
            while (true) {
                Task task = next();
                if (task == null) {
                    return;
                }
                if (lost != null) {
                    task.refuse.accept(lost);
                } else {
                    task.run.run();
                }
            }
        } finally {
            if (!abandoned) {
                machine.close();
            }
        }
    }

    /** Return the next task that may run now, null after close. Finishes steps while it waits. */
    private @Nullable Task next() {
        long idle = System.nanoTime();
        while (true) {
            Task task = queue.peek();
            if (abandoned) {
                giveUp();
                return null;
            }
            if (task != null && mayRun(task.kind)) {
                return queue.poll();
            }
            if (!flights.isEmpty() || moving != null) {
                if (progress()) {
                    idle = System.nanoTime();
                }
            } else if (closing) {
                if (queue.isEmpty()) {
                    return null;
                }
            } else {
                LockSupport.park(this);
            }
            if ((!flights.isEmpty() || moving != null) && System.nanoTime() - idle > SPIN_NANOS) {
                LockSupport.parkNanos(this, PAUSE_NANOS);
            } else {
                Thread.onSpinWait();
            }
        }
    }

    private boolean mayRun(Kind kind) {
        return switch (kind) {
            case STEP -> (moving == null || !moving.move.holds()) && mayBegin();
            case MOVE -> moving == null && !waitsForMasks();
            case ADAPTER -> moving == null && flights.isEmpty();
        };
    }

    private boolean mayBegin() {
        return flights.isEmpty()
                || flights.size() < DEPTH
                        && !waitsForMasks()
                        && !machine.runner().drawsOnHost(flights.getLast().turn);
    }

    private boolean waitsForMasks() {
        return !flights.isEmpty() && machine.runner().waits(flights.getLast().turn);
    }

    /** Go on with what is under way; returns true if something ended. */
    private boolean progress() {
        if (moving != null) {
            advance(moving);
        }
        if (waitsForMasks()) {
            drawLate(flights.getLast());
        }
        Flight first = flights.peek();
        if (first == null || machine.runner().waits(first.turn) || !reached(first)) {
            return false;
        }
        finish(flights.remove());
        return true;
    }

    /** Launch the draws of a step once its late masks are there, or have not come in time. */
    private void drawLate(Flight flight) {
        try {
            boolean complete = late.complete(flight.batch);
            if (!complete) {
                if (lateSince == 0 && machine.runner().forwarded(flight.turn)) {
                    lateSince = System.nanoTime();
                }
                if (lateSince == 0 || System.nanoTime() - lateSince < LATE_PATIENCE.toNanos()) {
                    return;
                }
            }
            if (machine.runner().mayDraw(flight.turn)) {
                lateSince = 0;
                late.settle(flight.batch);
                machine.runner().draw(flight.turn, flight.batch);
            }
        } catch (RuntimeException e) {
            lateSince = 0;
            flights.remove(flight);
            machine.runner().abandon(flight.turn);
            flight.sink.failed(flight.batch, fault("step " + flight.step, e));
        }
    }

    private void giveUp() {
        DriverFault fault = new DriverFault(
                "the device did not end its work within " + patience.toMillis() + " ms of the driver's end",
                true,
                null);
        while (!flights.isEmpty()) {
            Flight flight = flights.remove();
            flight.sink.failed(flight.batch, fault);
        }
        if (moving != null) {
            moving.sink.failed(moving.list, fault);
        }
        for (Task task = queue.poll(); task != null; task = queue.poll()) {
            task.refuse.accept(fault);
        }
    }

    private boolean reached(Flight flight) {
        try {
            return machine.runner().reached(flight.turn);
        } catch (CudaCallException e) {
            return true; // finishing it meets the same error and answers it
        }
    }

    private void begin(ForwardBatch batch, StepSink sink, long submitted) {
        long step = batch.step;
        if (cancelled.remove(step)) {
            sink.failed(batch, new DriverFault("step " + step + " was cancelled", false, null));
            return;
        }
        try {
            ForwardResult result = results.computeIfAbsent(batch, b -> new ForwardResult(capabilities));
            long begin = System.nanoTime();
            result.queuedNanos = begin - submitted;
            int turn = machine.runner().launch(batch);
            long launched = System.nanoTime();
            result.prepareNanos = launched - begin;
            result.forwardNanos = -launched;
            flights.add(new Flight(turn, batch, step, sink, result));
        } catch (RuntimeException e) {
            sink.failed(batch, fault("step " + step, e));
        }
    }

    private void finish(Flight flight) {
        try {
            machine.runner().finish(flight.turn, flight.batch, flight.result);
        } catch (RuntimeException e) {
            machine.runner().abandon(flight.turn);
            flight.sink.failed(flight.batch, fault("step " + flight.step, e));
            return;
        } finally {
            cancelled.remove(flight.step);
        }
        flight.sink.done(flight.batch, flight.result);
    }

    private DriverFault fault(String what, RuntimeException e) {
        boolean sticky = e instanceof CudaCallException call && call.sticky();
        DriverFault fault = new DriverFault(what + " failed: " + e.getMessage(), sticky, e);
        if (sticky) {
            lost = fault;
        }
        return fault;
    }

    private void refreshStatus() {
        status = new DeviceStatus(machine.usedMemory(), machine.totalMemory(), Double.NaN);
    }

    @Override
    public void close() {
        synchronized (queue) {
            closing = true;
        }
        LockSupport.unpark(owner);
        try {
            if (!owner.join(patience)) {
                abandoned = true;
                LockSupport.unpark(owner);
                owner.join(patience);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // memory stays: the owner frees it when it is done
        }
    }
}
