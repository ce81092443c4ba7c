package pie.engine.dummy;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import pie.engine.PieException;
import pie.engine.driver.AdapterSink;
import pie.engine.driver.CopyList;
import pie.engine.driver.CopySink;
import pie.engine.driver.DeviceStatus;
import pie.engine.driver.Driver;
import pie.engine.driver.DriverCapabilities;
import pie.engine.driver.DriverConfig;
import pie.engine.driver.DriverFault;
import pie.engine.driver.ForwardBatch;
import pie.engine.driver.ForwardResult;
import pie.engine.driver.LateMasks;
import pie.engine.driver.LoraAdapter;
import pie.engine.driver.StepSink;
import pie.engine.generate.RowSampler;
import pie.engine.model.LoraPair;

/**
 * Stand in for a model: the "KV" of a token is one 64-bit word, mixed from the token, its position and the words of all slots that
 * its row may see, read through the page table. Logits are a function of that word alone, so a wrong page, length, position or mask
 * changes the tokens. Steps run on a thread of the driver.
 *
 * <p>Options: {@code delay_micros} of each step, {@code row_micros} of each row, {@code adapters} that it holds at once.
 */
public final class HashDriver implements Driver {
    private static final long GOLDEN = 0x9e37_79b9_7f4a_7c15L;
    private static final int DEFAULT_PAGES = 4096;
    private static final int DEFAULT_CONTEXT = 8192;
    private static final int ADAPTERS = 64;

    private final DriverCapabilities capabilities;
    private final long[] pool;
    private final long weights;
    private final int pageSize;
    private final long delayNanos;
    private final long rowNanos;
    private final RowSampler sampler;
    private final float[] logits;
    private final MemorySegment logitsSegment;
    private final Map<ForwardBatch, Step> steps = new HashMap<>();
    private final ArrayDeque<Runnable> jobs = new ArrayDeque<>();
    private final @Nullable Thread thread;
    private long[] rowWords = new long[16];
    private int[] pageAt = new int[16];
    /** What the last step drew; a draw that went wrong counts as token 0. */
    private final int[] draws;

    private int drawn;
    private boolean closed;
    private final LateMasks late = new LateMasks();
    /** What stands for each adapter's numbers; 0 for one that changes nothing. */
    private final long[] adapters = new long[ADAPTERS + 1];

    private final boolean[] loaded = new boolean[ADAPTERS + 1];

    /** @param weights stands for the model's weights: another number, another model */
    public HashDriver(DriverConfig config, int vocab, int maxContext, long weights) {
        this(config, vocab, maxContext, weights, true);
    }

    /** Make a driver without a thread: each call does its work and calls its sink before it returns. */
    public static HashDriver inline(DriverConfig config, int vocab, int maxContext, long weights) {
        return new HashDriver(config, vocab, maxContext, weights, false);
    }

    private HashDriver(DriverConfig config, int vocab, int maxContext, long weights, boolean threaded) {
        this.weights = weights;
        pageSize = config.pageSize();
        int pages = config.pages() == 0 ? DEFAULT_PAGES : config.pages();
        int context = config.maxContext() == 0 ? maxContext : Math.min(maxContext, config.maxContext());
        capabilities = new DriverCapabilities(
                HashDriverProvider.KIND,
                "no device",
                "hash",
                pages,
                pageSize,
                context == 0 ? DEFAULT_CONTEXT : context,
                vocab,
                8L * pageSize,
                Long.toHexString(weights),
                "hash-" + pageSize,
                "hash",
                "none",
                "hash64",
                "f32",
                config.maxBatchTokens(),
                config.maxBatchSize(),
                Math.max(config.maxBatchTokens(), config.maxBatchSize()),
                true,
                true,
                true,
                true,
                true,
                held(config),
                Integer.MAX_VALUE);
        delayNanos = micros(config, "delay_micros");
        rowNanos = micros(config, "row_micros");
        pool = new long[pages * pageSize];
        for (int i = 0; i < pool.length; i++) {
            pool[i] = mix(~i);
        }
        sampler = new RowSampler(vocab);
        draws = new int[capabilities.maxDraws()];
        logits = new float[vocab];
        logitsSegment = MemorySegment.ofArray(logits);
        thread = threaded ? Thread.ofPlatform().name("hash-driver").daemon().start(this::work) : null;
    }

    private static int held(DriverConfig config) {
        String value = config.options().getOrDefault("adapters", String.valueOf(ADAPTERS));
        if (!value.matches("[0-9]{1,2}") || Integer.parseInt(value) > ADAPTERS) {
            throw PieException.invalid("adapters is " + value + ": it must be from 0 to " + ADAPTERS);
        }
        return Integer.parseInt(value);
    }

    private static long micros(DriverConfig config, String option) {
        String value = config.options().getOrDefault(option, "0");
        try {
            return 1000 * Long.parseLong(value);
        } catch (NumberFormatException e) {
            throw PieException.invalid(option + " is " + value + ": it must be a number of microseconds");
        }
    }

    @Override
    public DriverCapabilities capabilities() {
        return capabilities;
    }

    @Override
    public ForwardBatch newBatch() {
        ForwardBatch batch = new ForwardBatch(capabilities);
        step(batch);
        return batch;
    }

    private Step step(ForwardBatch batch) {
        synchronized (jobs) {
            Step known = steps.get(batch);
            if (known == null) {
                known = new Step(batch);
                steps.put(batch, known);
            }
            return known;
        }
    }

    @Override
    public void submit(ForwardBatch batch, StepSink sink) {
        Step step = step(batch);
        step.queued = System.nanoTime();
        step.sink = sink;
        enqueue(step);
    }

    /** Run the step that is in a batch. Made once for each batch, as nothing is to be made for each step. */
    private final class Step implements Runnable {
        private final ForwardBatch batch;
        private final ForwardResult result = new ForwardResult(capabilities);
        private long queued;
        private @Nullable StepSink sink;

        Step(ForwardBatch batch) {
            this.batch = batch;
        }

        @Override
        public void run() {
            StepSink to = Objects.requireNonNull(sink);
            try {
                result.queuedNanos = System.nanoTime() - queued;
                HashDriver.this.run(batch, result);
            } catch (RuntimeException e) {
                drawn = 0;
                to.failed(batch, new DriverFault("bad batch: " + e, false, e));
                return;
            }
            to.done(batch, result);
        }
    }

    @Override
    public void copyPages(CopyList list, CopySink sink) {
        enqueue(() -> {
            for (int i = 0; i < list.from().length; i++) {
                System.arraycopy(pool, list.from()[i] * pageSize, pool, list.to()[i] * pageSize, pageSize);
            }
            sink.done(list);
        });
    }

    @Override
    public void readPages(CopyList list, MemorySegment bytes, CopySink sink) {
        enqueue(() -> {
            for (int i = 0; i < list.from().length; i++) {
                MemorySegment.copy(
                        MemorySegment.ofArray(pool), page(list.from()[i]), bytes, page(list.to()[i]), page(1));
            }
            sink.done(list);
        });
    }

    @Override
    public void writePages(MemorySegment bytes, CopyList list, CopySink sink) {
        enqueue(() -> {
            for (int i = 0; i < list.from().length; i++) {
                MemorySegment.copy(
                        bytes, page(list.from()[i]), MemorySegment.ofArray(pool), page(list.to()[i]), page(1));
            }
            sink.done(list);
        });
    }

    private long page(int n) {
        return 8L * n * pageSize;
    }

    @Override
    public void supplyLate(long step, int draw, long[] mask) {
        late.supply(step, draw, mask);
    }

    @Override
    public void loadAdapter(int number, LoraAdapter adapter, AdapterSink sink) {
        long word = 1;
        for (LoraPair target : adapter.targets()) {
            word = mix(word * GOLDEN + target.tensor().hashCode());
            word = mix(word * GOLDEN + Float.floatToRawIntBits(target.scale()));
            word = mix(word * GOLDEN + Arrays.hashCode(target.a()));
            word = mix(word * GOLDEN + Arrays.hashCode(target.b()));
        }
        long content = adapter.targets().isEmpty() ? 0 : word;
        adapt(number, content, true, sink);
    }

    @Override
    public void unloadAdapter(int number, AdapterSink sink) {
        adapt(number, 0, false, sink);
    }

    private void adapt(int number, long word, boolean present, AdapterSink sink) {
        enqueue(() -> {
            if (number < 1 || number > capabilities.maxAdapters()) {
                sink.failed(
                        number,
                        new DriverFault(
                                "adapter " + number + " is not in 1 .. " + capabilities.maxAdapters(), false, null));
                return;
            }
            adapters[number] = word;
            loaded[number] = present;
            sink.done(number);
        });
    }

    private void check(ForwardBatch batch) {
        for (int r = 0; r < batch.requests; r++) {
            if (batch.adapter[r] != 0 && !loaded[batch.adapter[r]]) {
                throw PieException.invalid("adapter " + batch.adapter[r] + " of request " + r + " is not loaded");
            }
        }
    }

    @Override
    public void cancel(long step) {
        // Steps are too short to be worth it.
    }

    @Override
    public DeviceStatus status() {
        return new DeviceStatus(8L * pool.length, 8L * pool.length, Double.NaN);
    }

    @Override
    public void close() {
        synchronized (jobs) {
            closed = true;
            jobs.notifyAll();
        }
        boolean interrupted = false;
        while (thread != null && thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void enqueue(Runnable job) {
        synchronized (jobs) {
            if (closed) {
                throw new IllegalStateException("the driver is closed");
            }
            if (thread != null) {
                jobs.add(job);
                jobs.notifyAll();
                return;
            }
        }
        job.run();
    }

    /** Return the word that stands for the KV of one token. */
    public long word(int page, int place) {
        return pool[page * pageSize + place];
    }

    /** Return the first place of a page whose word is not the one given, -1 if there is none. */
    public int mismatch(int page, long[] words) {
        int from = page * pageSize;
        return Arrays.mismatch(pool, from, from + words.length, words, 0, words.length);
    }

    private void work() {
        while (true) {
            Runnable job;
            synchronized (jobs) {
                while (jobs.isEmpty() && !closed) {
                    try {
                        jobs.wait();
                    } catch (InterruptedException e) {
                        closed = true;
                    }
                }
                job = jobs.poll();
            }
            if (job == null) {
                return;
            }
            job.run();
        }
    }

    private void run(ForwardBatch batch, ForwardResult result) {
        long begun = System.nanoTime();
        check(batch);
        pause(delayNanos + rowNanos * batch.rows);
        if (rowWords.length < batch.rows) {
            rowWords = new long[Math.max(batch.rows, 2 * rowWords.length)];
        }
        for (int r = 0; r < batch.requests; r++) {
            request(batch, r);
        }
        long computed = System.nanoTime();
        if (LateMasks.expected(batch)) {
            late.await(batch);
            late.settle(batch);
        }
        int row = -1;
        for (int s = 0; s < batch.draws; s++) {
            row = logits(row, batch.drawRow[s]);
            sampler.draw(batch, s, logitsSegment, 0, result);
        }
        LateMasks.refuse(batch, result);
        for (int n = 0; n < batch.probes; n++) {
            row = logits(row, batch.probeRow[n]);
            sampler.probe(batch, n, logitsSegment, 0, result);
        }
        for (int s = 0; s < batch.draws; s++) {
            draws[s] = result.status[s] == ForwardResult.OK ? result.token[s] : 0;
        }
        drawn = batch.draws;
        result.prepareNanos = 0;
        result.forwardNanos = computed - begun;
        result.sampleNanos = System.nanoTime() - computed;
    }

    private static void pause(long nanos) {
        long end = System.nanoTime() + nanos;
        while (nanos > 0 && System.nanoTime() < end) {
            java.util.concurrent.locks.LockSupport.parkNanos(end - System.nanoTime());
        }
    }

    private void request(ForwardBatch batch, int r) {
        int first = batch.qoIndptr[r];
        int q = batch.rowsOf(r);
        int length = batch.kvLength[r];
        int pages = batch.pageIndptr[r];
        lay(batch, pages, batch.pageIndptr[r + 1], length);
        if (q > length) {
            throw new IllegalArgumentException("request " + r + " has " + q + " rows in " + length + " slots");
        }
        for (int i = 0; i < q; i++) {
            int own = length - q + i;
            long word = word(batch, r, i, own, first, length);
            rowWords[first + i] = word;
            if (!batch.noWrite[r]) {
                pool[place(own)] = word;
            }
        }
    }

    private long word(ForwardBatch batch, int r, int i, int own, int first, int length) {
        boolean masked = batch.maskIndptr[r + 1] > batch.maskIndptr[r];
        long bit = batch.maskIndptr[r] * 64L + (long) i * length;
        int end = batch.nonCausal[r] ? length : own + 1;
        int hiddenEnd = batch.hiddenEnd(r, own);
        long self = embedding(batch, r, first + i);
        long sum = 0;
        boolean any = false;
        for (int slot = 0; slot < end; slot++) {
            long at = bit + slot;
            boolean dropped = slot >= batch.sink[r] && slot < hiddenEnd;
            if (dropped || (masked && (batch.maskBits[(int) (at >> 6)] >>> at & 1) == 0)) {
                continue;
            }
            any = true;
            long seen;
            if (slot < own) {
                seen = pool[place(slot)];
            } else {
                seen = embedding(batch, r, first + i + slot - own);
            }
            sum += mix(seen + slot * GOLDEN);
        }
        return mix(self ^ (any ? sum : mix(self + own * GOLDEN)));
    }

    private long embedding(ForwardBatch batch, int r, int row) {
        int token = batch.tokens[row];
        if (token < 0) {
            token = ~token < drawn ? draws[~token] : 0;
        }
        return mix(weights + adapters[batch.adapter[r]] + ((long) token << 32 | batch.positions[row]) * GOLDEN);
    }

    /** Note where each page of a request lies. */
    private void lay(ForwardBatch batch, int from, int to, int length) {
        int ordinals = (length + pageSize - 1) / pageSize;
        if (pageAt.length < ordinals) {
            pageAt = new int[2 * ordinals];
        }
        Arrays.fill(pageAt, 0, ordinals, -1);
        for (int i = from; i < to; i++) {
            if (batch.pageOrdinals[i] < ordinals) {
                pageAt[batch.pageOrdinals[i]] = batch.pageIndices[i];
            }
        }
    }

    private int place(int slot) {
        int page = pageAt[slot / pageSize];
        if (page < 0) {
            throw new IllegalArgumentException("a row sees slot " + slot + ", whose page is not listed");
        }
        return page * pageSize + slot % pageSize;
    }

    private int logits(int present, int row) {
        if (present != row) {
            long word = rowWords[row];
            for (int id = 0; id < logits.length; id++) {
                long bits = mix(word + id * GOLDEN);
                logits[id] = (bits & 0xffff) * 0x1p-13f + (bits >>> 48) * 0x1p-13f - 8f;
            }
        }
        return row;
    }

    private static long mix(long x) {
        long z = (x ^ x >>> 30) * 0xbf58_476d_1ce4_e5b9L;
        z = (z ^ z >>> 27) * 0x94d0_49bb_1331_11ebL;
        return z ^ z >>> 31;
    }
}
