package pie.engine.sim;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Random;
import java.util.function.Consumer;
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
import pie.engine.dummy.HashDriver;

/**
 * Run the steps of a hash driver one after the other in virtual time, c0 + c1 · rows + c2 · KV tokens each. Pages are touched at the
 * beginning or at the end of a step, by chance, so that whoever gives one away too early is found out.
 */
final class SimDriver implements Driver {
    private static final long COPY_NANOS = 20_000;
    private static final CopySink QUIET = new CopySink() {
        @Override
        public void done(CopyList list) {
            // told later
        }

        @Override
        public void failed(CopyList list, DriverFault fault) {
            throw new IllegalStateException("the hash driver moves pages always: " + fault.message());
        }
    };

    /** Say how long steps take, in nanoseconds, and which share of them takes a hundred times as long. */
    record Cost(long step, long row, long kvToken, double slow) {}

    private final HashDriver pages;
    private final VirtualClock clock;
    private final Cost cost;
    private final Random random;
    /** Decides about moves, which came later. */
    private final Random moves;

    private final ArrayDeque<Runnable> queue = new ArrayDeque<>();
    private boolean busy;
    /** What ends the present job, and its number. */
    private Runnable end = () -> {};

    private long job;

    SimDriver(HashDriver pages, VirtualClock clock, Cost cost, long seed) {
        this.pages = pages;
        this.clock = clock;
        this.cost = cost;
        random = new Random(seed);
        moves = new Random(seed * 31 + 9);
    }

    long word(int page, int place) {
        return pages.word(page, place);
    }

    /** Return the first place of a page whose word is not the one given, -1 if there is none. */
    int mismatch(int page, long[] words) {
        return pages.mismatch(page, words);
    }

    @Override
    public DriverCapabilities capabilities() {
        return pages.capabilities();
    }

    @Override
    public ForwardBatch newBatch() {
        return pages.newBatch();
    }

    @Override
    public void submit(ForwardBatch batch, StepSink sink) {
        queue.add(() -> {
            long nanos = duration(batch);
            Capture capture = new Capture();
            if (random.nextBoolean()) {
                pages.submit(batch, capture);
                finish(nanos, () -> capture.deliver(batch, sink, nanos));
            } else {
                finish(nanos, () -> {
                    pages.submit(batch, capture);
                    capture.deliver(batch, sink, nanos);
                });
            }
        });
        next();
    }

    private long duration(ForwardBatch batch) {
        long kv = 0;
        for (int r = 0; r < batch.requests; r++) {
            kv += batch.kvLength[r];
        }
        long nanos = cost.step + cost.row * batch.rows + cost.kvToken * kv;
        return random.nextDouble() < cost.slow ? 100 * nanos : nanos;
    }

    private void finish(long nanos, Runnable after) {
        end = after;
        long mine = ++job;
        clock.after(nanos, () -> {
            if (mine == job && busy) {
                finish();
            }
        });
    }

    private void finish() {
        busy = false;
        end.run();
        next();
    }

    private void next() {
        if (!busy) {
            Runnable job = queue.poll();
            if (job != null) {
                busy = true;
                job.run();
            }
        }
    }

    @Override
    public void copyPages(CopyList list, CopySink sink) {
        queue.add(() -> finish(COPY_NANOS, () -> pages.copyPages(list, sink)));
        next();
    }

    @Override
    public void loadAdapter(int number, LoraAdapter adapter, AdapterSink sink) {
        queue.add(() -> finish(COPY_NANOS, () -> pages.loadAdapter(number, adapter, sink)));
        next();
    }

    @Override
    public void unloadAdapter(int number, AdapterSink sink) {
        queue.add(() -> finish(COPY_NANOS, () -> pages.unloadAdapter(number, sink)));
        next();
    }

    @Override
    public void readPages(CopyList list, MemorySegment bytes, CopySink sink) {
        queue.add(() -> move(list, sink, ended -> pages.readPages(list, bytes, ended)));
        next();
    }

    @Override
    public void writePages(MemorySegment bytes, CopyList list, CopySink sink) {
        queue.add(() -> move(list, sink, ended -> pages.writePages(bytes, list, ended)));
        next();
    }

    /** Move bytes at the beginning or at the end of the time it takes, by chance. */
    private void move(CopyList list, CopySink sink, Consumer<CopySink> copy) {
        long nanos = COPY_NANOS * list.from().length;
        if (moves.nextBoolean()) {
            copy.accept(QUIET);
            finish(nanos, () -> sink.done(list));
        } else {
            finish(nanos, () -> copy.accept(sink));
        }
    }

    @Override
    public void cancel(long step) {
        pages.cancel(step);
    }

    @Override
    public DeviceStatus status() {
        return pages.status();
    }

    /** End all that was asked for, at once. */
    @Override
    public void close() {
        while (busy) {
            finish();
        }
        pages.close();
    }

    private static final class Capture implements StepSink {
        private final java.util.List<ForwardResult> results = new java.util.ArrayList<>();
        private final java.util.List<DriverFault> faults = new java.util.ArrayList<>();

        @Override
        public void done(ForwardBatch batch, ForwardResult result) {
            results.add(result);
        }

        @Override
        public void failed(ForwardBatch batch, DriverFault fault) {
            faults.add(fault);
        }

        void deliver(ForwardBatch batch, StepSink sink, long nanos) {
            for (ForwardResult result : results) {
                result.queuedNanos = 0;
                result.prepareNanos = 0;
                result.forwardNanos = nanos;
                result.sampleNanos = 0;
                sink.done(batch, result);
            }
            for (DriverFault fault : faults) {
                sink.failed(batch, fault);
            }
        }
    }
}
