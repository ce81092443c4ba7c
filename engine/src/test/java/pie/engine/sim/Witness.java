package pie.engine.sim;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import pie.engine.driver.AdapterSink;
import pie.engine.driver.CopyList;
import pie.engine.driver.CopySink;
import pie.engine.driver.DeviceStatus;
import pie.engine.driver.Driver;
import pie.engine.driver.DriverCapabilities;
import pie.engine.driver.DriverFault;
import pie.engine.driver.ForwardBatch;
import pie.engine.driver.ForwardResult;
import pie.engine.driver.LoraAdapter;
import pie.engine.driver.StepSink;

/** Stand between engine and device, and note what is with the device, by its own books. */
final class Witness implements Driver {
    /** Describe a submitted step or copy: the slots it names, and those that it writes with the context that it writes for. */
    record Flight(Object what, int[] slots, List<Write> writes, long[] contexts, long since) {}

    /** @param to row after the last written */
    record Write(int slot, long context, int to) {}

    private Driver driver;
    private final Consumer<ForwardBatch> submitted;
    private final Journal journal;
    private final VirtualClock clock;
    /** Copies that the device has, and steps that the engine has not settled: it has not heard of the end of them, or of one before. */
    final List<Flight> flights = new ArrayList<>();

    private final Set<Flight> ended = new HashSet<>();
    /** Loads of adapters, and those that failed and nobody was told of yet. */
    long loads;

    long failedLoads;
    /** Steps that the engine gave up. */
    final Set<Flight> cancelled = new HashSet<>();
    /** Contexts that were in a step which went wrong. */
    final Set<Long> faulted = new HashSet<>();

    long steps;
    long faults;
    long good;
    boolean lost;
    /** How often a lost device came back. */
    long returns;

    Witness(Driver driver, Consumer<ForwardBatch> submitted, Journal journal, VirtualClock clock) {
        this.driver = driver;
        this.submitted = submitted;
        this.journal = journal;
        this.clock = clock;
    }

    /** Stand before another device, all that the one before was asked for having ended. */
    void replace(Driver next) {
        driver.close();
        driver = next;
        lost = false;
        returns++;
        note(() -> "the device is back");
    }

    private void note(Supplier<String> line) {
        if (journal.kept()) {
            journal.add(clock.getAsLong(), line.get());
        }
    }

    /** Return the step submitted last, if it has not been settled. */
    @Nullable
    ForwardBatch last() {
        ForwardBatch last = null;
        for (Flight flight : flights) {
            last = flight.what instanceof ForwardBatch batch ? batch : last;
        }
        return last;
    }

    /** Say whether the device is at a copy that has not been told of. */
    boolean copying() {
        return flights.size() > running();
    }

    /** Return for how long the oldest step that has not been settled has been with the device, in ns. */
    long oldest() {
        for (Flight flight : flights) {
            if (flight.what instanceof ForwardBatch) {
                return clock.getAsLong() - flight.since;
            }
        }
        return 0;
    }

    /** Return the submitted steps that have not been settled. */
    int running() {
        int n = 0;
        for (Flight flight : flights) {
            n += flight.what instanceof ForwardBatch ? 1 : 0;
        }
        return n;
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
        steps++;
        note(() -> describe(batch));
        submitted.accept(batch);
        Flight flight = flight(batch);
        flights.add(flight);
        try {
            driver.submit(batch, new Ending(flight, sink));
        } catch (RuntimeException e) {
            wrong(flight);
            ended.add(flight);
            if (last() == batch && running() == 1) {
                flights.remove(flight);
            }
            throw e;
        }
    }

    /** The engine is about to hear of what has ended, and to settle that in order. */
    void turn() {
        for (Flight next : List.copyOf(flights)) {
            if (next.what instanceof ForwardBatch) {
                if (!ended.remove(next)) {
                    return;
                }
                flights.remove(next);
            }
        }
    }

    private static String describe(ForwardBatch batch) {
        long sum = batch.rows;
        for (int row = 0; row < batch.rows; row++) {
            sum = 31 * sum + batch.tokens[row];
        }
        for (int i = 0; i < batch.pageIndptr[batch.requests]; i++) {
            sum = 31 * sum + batch.pageIndices[i];
        }
        StringBuilder text = new StringBuilder("step ").append(batch.step);
        for (int r = 0; r < batch.requests; r++) {
            int to = batch.kvLength[r];
            text.append(" c").append(batch.contextKey[r]).append(':').append(to - batch.rowsOf(r));
            text.append(batch.noWrite[r] ? "r" : "-").append(to);
        }
        return text.append(" draws ")
                .append(batch.draws)
                .append(" sum ")
                .append(Long.toHexString(sum))
                .toString();
    }

    private Flight flight(ForwardBatch batch) {
        int[] slots = Arrays.copyOf(batch.pageIndices, batch.pageIndptr[batch.requests]);
        List<Write> writes = new ArrayList<>();
        int pageSize = capabilities().pageSize();
        for (int r = 0; r < batch.requests; r++) {
            int to = batch.kvLength[r];
            int from = to - batch.rowsOf(r);
            for (int i = batch.pageIndptr[r]; !batch.noWrite[r] && i < batch.pageIndptr[r + 1]; i++) {
                int first = batch.pageOrdinals[i] * pageSize;
                if (first + pageSize > from && first < to) {
                    writes.add(new Write(slots[i], batch.contextKey[r], to));
                }
            }
        }
        return new Flight(batch, slots, writes, Arrays.copyOf(batch.contextKey, batch.requests), clock.getAsLong());
    }

    private void wrong(Flight flight) {
        faults++;
        for (long context : flight.contexts) {
            faulted.add(context);
        }
    }

    @Override
    public void copyPages(CopyList list, CopySink sink) {
        int[] slots = Arrays.copyOf(list.from(), 2 * list.from().length);
        System.arraycopy(list.to(), 0, slots, list.from().length, list.to().length);
        note(() -> "copy " + Arrays.toString(slots));
        Flight flight = new Flight(list, slots, List.of(), new long[0], clock.getAsLong());
        flights.add(flight);
        driver.copyPages(list, new CopyEnding(flight, sink));
    }

    @Override
    public void loadAdapter(int number, LoraAdapter adapter, AdapterSink sink) {
        note(() -> "load adapter " + number + " " + adapter.name());
        loads++;
        driver.loadAdapter(number, adapter, new LoadEnding(sink));
    }

    @Override
    public void unloadAdapter(int number, AdapterSink sink) {
        driver.unloadAdapter(number, sink);
    }

    private final class LoadEnding implements AdapterSink {
        private final AdapterSink sink;

        LoadEnding(AdapterSink sink) {
            this.sink = sink;
        }

        @Override
        public void done(int number) {
            sink.done(number);
        }

        @Override
        public void failed(int number, DriverFault fault) {
            note(() -> "load of adapter " + number + " failed");
            failedLoads++;
            faults++;
            sink.failed(number, fault);
        }
    }

    @Override
    public void readPages(CopyList list, MemorySegment bytes, CopySink sink) {
        note(() -> "read " + Arrays.toString(list.from()));
        // Pages on their way out to host memory are read before anything else is asked, and so need no pins.
        boolean pinned = bytes.heapBase().isPresent();
        Flight flight = new Flight(list, pinned ? list.from() : new int[0], List.of(), new long[0], clock.getAsLong());
        flights.add(flight);
        driver.readPages(list, bytes, new CopyEnding(flight, sink));
    }

    @Override
    public void writePages(MemorySegment bytes, CopyList list, CopySink sink) {
        note(() -> "write " + Arrays.toString(list.to()));
        Flight flight = new Flight(list, list.to(), List.of(), new long[0], clock.getAsLong());
        flights.add(flight);
        driver.writePages(bytes, list, new CopyEnding(flight, sink));
    }

    private final class CopyEnding implements CopySink {
        private final Flight flight;
        private final CopySink sink;

        CopyEnding(Flight flight, CopySink sink) {
            this.flight = flight;
            this.sink = sink;
        }

        @Override
        public void done(CopyList copied) {
            flights.remove(flight);
            sink.done(copied);
        }

        @Override
        public void failed(CopyList copied, DriverFault fault) {
            flights.remove(flight);
            note(() -> "copy failed");
            sink.failed(copied, fault);
        }
    }

    @Override
    public void cancel(long step) {
        note(() -> "cancel " + step);
        for (Flight flight : flights) {
            if (flight.what instanceof ForwardBatch batch && batch.step == step) {
                cancelled.add(flight);
                wrong(flight);
            }
        }
        driver.cancel(step);
    }

    @Override
    public DeviceStatus status() {
        return driver.status();
    }

    @Override
    public void close() {
        driver.close();
    }

    private final class Ending implements StepSink {
        private final Flight flight;
        private final StepSink sink;

        Ending(Flight flight, StepSink sink) {
            this.flight = flight;
            this.sink = sink;
        }

        @Override
        public void done(ForwardBatch batch, ForwardResult result) {
            ended.add(flight);
            boolean sound = true;
            for (int s = 0; s < batch.draws; s++) {
                int token = result.token[s];
                sound &= result.status[s] != ForwardResult.NAN
                        && token >= 0
                        && token < capabilities().vocabSize();
            }
            if (sound) {
                good++;
            } else {
                wrong(flight);
            }
            boolean whole = sound;
            note(() -> "done " + batch.step + " sound " + whole);
            sink.done(batch, result);
        }

        @Override
        public void failed(ForwardBatch batch, DriverFault fault) {
            ended.add(flight);
            wrong(flight);
            lost |= fault.deviceLost();
            note(() -> "failed " + batch.step);
            sink.failed(batch, fault);
        }
    }
}
