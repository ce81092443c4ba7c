package pie.engine.testing;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import pie.engine.driver.AdapterSink;
import pie.engine.driver.CopyList;
import pie.engine.driver.CopySink;
import pie.engine.driver.Driver;
import pie.engine.driver.DriverFault;
import pie.engine.driver.ForwardBatch;
import pie.engine.driver.ForwardResult;
import pie.engine.driver.LoraAdapter;
import pie.engine.driver.ProbeKind;
import pie.engine.driver.StepSink;

/** Drive a driver by hand: lay out requests, run one step, read logits and draws. */
public final class DriverBench {
    private static final long PATIENCE_SECONDS = 60;

    /**
     * Describe one request.
     *
     * @param from slot of the first token
     * @param pages page table, -1 for a page left out
     * @param mask one bit set over slots per row, null for none
     */
    public record Request(
            int[] tokens,
            int from,
            int[] pages,
            boolean noWrite,
            long @Nullable [][] mask,
            boolean nonCausal,
            int sink,
            int visibleFrom,
            int window) {
        public static Request of(int[] tokens, int from, int[] pages) {
            return new Request(tokens, from, pages, false, null, false, 0, 0, 0);
        }

        public Request again() {
            return new Request(tokens, from, pages, true, mask, nonCausal, sink, visibleFrom, window);
        }

        public Request masked(long[][] rows) {
            return new Request(tokens, from, pages, noWrite, rows, nonCausal, sink, visibleFrom, window);
        }

        public Request anyOrder() {
            return new Request(tokens, from, pages, noWrite, mask, true, sink, visibleFrom, window);
        }

        /** Hide slots; a page of number -1 is left out. */
        public Request seeing(int first, int again, int last) {
            return new Request(tokens, from, pages, noWrite, mask, nonCausal, first, again, last);
        }
    }

    private final Driver driver;
    private final ForwardBatch[] batches;
    private int turn;
    private long step;

    public DriverBench(Driver driver) {
        this.driver = driver;
        batches = new ForwardBatch[] {driver.newBatch(), driver.newBatch()};
    }

    /** Return a batch with the rows of the requests, to which draws and probes can be added. */
    public ForwardBatch batch(List<Request> requests) {
        ForwardBatch b = batches[turn++ % 2];
        b.clear();
        b.step = ++step;
        for (Request request : requests) {
            add(b, request);
        }
        return b;
    }

    private static void add(ForwardBatch b, Request request) {
        int r = b.requests++;
        int q = request.tokens().length;
        b.contextKey[r] = r;
        b.qoIndptr[0] = 0;
        b.pageIndptr[0] = 0;
        b.maskIndptr[0] = 0;
        b.qoIndptr[r + 1] = b.rows + q;
        for (int i = 0; i < q; i++) {
            b.tokens[b.rows + i] = request.tokens()[i];
            b.positions[b.rows + i] = request.from() + i;
        }
        b.rows += q;
        int length = request.from() + q;
        b.kvLength[r] = length;
        b.noWrite[r] = request.noWrite();
        b.nonCausal[r] = request.nonCausal();
        int needed = (length + b.limits.pageSize() - 1) / b.limits.pageSize();
        int page = b.pageIndptr[r];
        if (page + needed > b.pageIndices.length) {
            b.pageIndices = Arrays.copyOf(b.pageIndices, 2 * (page + needed));
        }
        b.pageOrdinals = Arrays.copyOf(b.pageOrdinals, b.pageIndices.length);
        for (int i = 0; i < needed; i++) {
            if (request.pages()[i] >= 0) {
                b.pageOrdinals[page] = i;
                b.pageIndices[page++] = request.pages()[i];
            }
        }
        b.pageIndptr[r + 1] = page;
        b.sink[r] = request.sink();
        b.visibleFrom[r] = request.visibleFrom();
        b.window[r] = request.window();
        long[][] mask = request.mask();
        int first = b.maskIndptr[r];
        int words = mask == null ? 0 : (q * length + 63) / 64;
        b.maskIndptr[r + 1] = first + words;
        if (mask != null) {
            b.maskBits = Arrays.copyOf(b.maskBits, Math.max(b.maskBits.length, first + words));
            Arrays.fill(b.maskBits, first, first + words, 0);
            for (int i = 0; i < q * length; i++) {
                if ((mask[i / length][i % length >> 6] >>> i % length & 1) != 0) {
                    b.maskBits[first + (i >> 6)] |= 1L << i;
                }
            }
        }
    }

    public void probeLogits(ForwardBatch b, int row) {
        int n = b.probes++;
        b.probeRow[n] = row;
        b.probeKind[n] = ProbeKind.LOGITS;
        b.probeMaskRef[n] = ForwardBatch.NO_MASK;
        b.probeIdIndptr[n] = 0;
        b.probeIdIndptr[n + 1] = 0;
    }

    /** Add a draw without stages: temperature 1. */
    public int draw(ForwardBatch b, int row, long seed, long index) {
        int s = b.draws++;
        b.drawRow[s] = row;
        b.drawIndex[s] = index;
        b.drawNumber[s] = 0;
        b.seed[s] = seed;
        b.chainIndptr[0] = 0;
        b.adjustIndptr[0] = 0;
        b.chainIndptr[s + 1] = b.chainIndptr[s];
        b.logitMaskRef[s] = ForwardBatch.NO_MASK;
        return s;
    }

    /** Add a stage to the last draw. */
    public void stage(ForwardBatch b, byte kind, float param) {
        int n = b.chainIndptr[b.draws]++;
        b.stageKind[n] = kind;
        b.stageParam[n] = param;
        b.adjustIndptr[n + 1] = b.adjustIndptr[n];
    }

    /** Run a step and wait for it. */
    public ForwardResult run(ForwardBatch b) {
        return await(submit(b));
    }

    public CompletableFuture<ForwardResult> submit(ForwardBatch b) {
        CompletableFuture<ForwardResult> end = new CompletableFuture<>();
        driver.submit(b, new StepSink() {
            @Override
            public void done(ForwardBatch batch, ForwardResult result) {
                end.complete(result);
            }

            @Override
            public void failed(ForwardBatch batch, DriverFault fault) {
                end.completeExceptionally(new IllegalStateException(fault.message(), fault.cause()));
            }
        });
        return end;
    }

    public static <T> T await(CompletableFuture<T> future) {
        return future.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
    }

    /** Run one request and return the logits of its last row. */
    public float[] lastRow(Request request) {
        return lastRows(List.of(request))[0];
    }

    /** Run requests in one step and return the logits of their last rows. */
    public float[][] lastRows(List<Request> requests) {
        ForwardBatch b = batch(requests);
        for (int r = 0; r < b.requests; r++) {
            probeLogits(b, b.qoIndptr[r + 1] - 1);
        }
        ForwardResult result = run(b);
        float[][] logits = new float[requests.size()][];
        for (int r = 0; r < logits.length; r++) {
            logits[r] = logits(result, r);
        }
        return logits;
    }

    public static float[] logits(ForwardResult result, int probe) {
        return Arrays.copyOfRange(result.probeValues, result.probeIndptr[probe], result.probeIndptr[probe + 1]);
    }

    public void copy(int[] from, int[] to) {
        await(moving(sink -> driver.copyPages(new CopyList(from, to), sink)));
    }

    public void read(int[] from, int[] to, MemorySegment bytes) {
        await(reading(from, to, bytes));
    }

    public void write(int[] from, int[] to, MemorySegment bytes) {
        await(writing(from, to, bytes));
    }

    /** Begin to copy pages out. */
    public CompletableFuture<Boolean> reading(int[] from, int[] to, MemorySegment bytes) {
        return moving(sink -> driver.readPages(new CopyList(from, to), bytes, sink));
    }

    /** Begin to copy pages in. */
    public CompletableFuture<Boolean> writing(int[] from, int[] to, MemorySegment bytes) {
        return moving(sink -> driver.writePages(bytes, new CopyList(from, to), sink));
    }

    private static CompletableFuture<Boolean> moving(Consumer<CopySink> move) {
        CompletableFuture<Boolean> end = new CompletableFuture<>();
        move.accept(new CopySink() {
            @Override
            public void done(CopyList list) {
                end.complete(true);
            }

            @Override
            public void failed(CopyList list, DriverFault fault) {
                end.completeExceptionally(new IllegalStateException(fault.message(), fault.cause()));
            }
        });
        return end;
    }

    public void load(int number, LoraAdapter adapter) {
        adapted(sink -> driver.loadAdapter(number, adapter, sink));
    }

    public void unload(int number) {
        adapted(sink -> driver.unloadAdapter(number, sink));
    }

    private static void adapted(Consumer<AdapterSink> change) {
        CompletableFuture<Boolean> end = new CompletableFuture<>();
        change.accept(new AdapterSink() {
            @Override
            public void done(int number) {
                end.complete(true);
            }

            @Override
            public void failed(int number, DriverFault fault) {
                end.completeExceptionally(new IllegalStateException(fault.message(), fault.cause()));
            }
        });
        await(end);
    }
}
