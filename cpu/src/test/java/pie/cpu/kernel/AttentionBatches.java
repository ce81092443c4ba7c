package pie.cpu.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import pie.engine.driver.DriverCapabilities;
import pie.engine.driver.ForwardBatch;

/** Make pools, batches and queries for attention alone. */
final class AttentionBatches {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    /** A slice of a context: pages by slot order, ordinals of those that are listed, and what its rows see. */
    record Request(
            int[] pages,
            int[] ordinals,
            int length,
            int rows,
            int sink,
            int visibleFrom,
            int window,
            boolean nonCausal,
            long[] mask) {
        Request(int[] pages, int length, int rows) {
            this(pages, IntStream.range(0, pages.length).toArray(), length, rows, 0, 0, 0, false, new long[0]);
        }

        Request hiding(int sink, int visibleFrom, int window) {
            return new Request(pages, ordinals, length, rows, sink, visibleFrom, window, nonCausal, mask);
        }

        Request masked(boolean nonCausal, long[] mask) {
            return new Request(pages, ordinals, length, rows, sink, visibleFrom, window, nonCausal, mask);
        }

        Request listing(int[] ordinals) {
            int[] listed = IntStream.of(ordinals).map(o -> pages[o]).toArray();
            return new Request(listed, ordinals, length, rows, sink, visibleFrom, window, nonCausal, mask);
        }
    }

    private AttentionBatches() {}

    static ForwardBatch batch(int pageSize, List<Request> requests) {
        int rows = requests.stream().mapToInt(Request::rows).sum();
        var batch = new ForwardBatch(DriverCapabilities.ofBatches(pageSize, rows, requests.size(), rows));
        batch.pageIndices =
                new int[requests.stream().mapToInt(r -> r.pages.length).sum()];
        batch.pageOrdinals = new int[batch.pageIndices.length];
        batch.maskBits = new long[requests.stream().mapToInt(r -> r.mask.length).sum()];
        for (Request r : requests) {
            int i = batch.requests++;
            batch.rows += r.rows;
            batch.qoIndptr[i + 1] = batch.rows;
            batch.kvLength[i] = r.length;
            batch.nonCausal[i] = r.nonCausal;
            batch.sink[i] = r.sink;
            batch.visibleFrom[i] = r.visibleFrom;
            batch.window[i] = r.window;
            System.arraycopy(r.pages, 0, batch.pageIndices, batch.pageIndptr[i], r.pages.length);
            System.arraycopy(r.ordinals, 0, batch.pageOrdinals, batch.pageIndptr[i], r.pages.length);
            batch.pageIndptr[i + 1] = batch.pageIndptr[i] + r.pages.length;
            System.arraycopy(r.mask, 0, batch.maskBits, batch.maskIndptr[i], r.mask.length);
            batch.maskIndptr[i + 1] = batch.maskIndptr[i] + r.mask.length;
        }
        return batch;
    }

    /** Fill all pages of layer 0 with keys and values. */
    static KvPool pool(Arena arena, Random random, int pages, int pageSize, int kvHeads, int headDim) {
        KvPool kv = new KvPool(arena, pages, pageSize, 1, kvHeads, headDim);
        MemorySegment pair = arena.allocate(8L * headDim, 64);
        for (int slot = 0; slot < pages * pageSize; slot++) {
            for (int head = 0; head < kvHeads; head++) {
                fill(pair, random, 2 * headDim);
                kv.write(slot / pageSize, slot % pageSize, 0, head, pair, 0, 4L * headDim);
            }
        }
        return kv;
    }

    static void fill(MemorySegment floats, Random random, int n) {
        for (int i = 0; i < n; i++) {
            floats.setAtIndex(FLOAT, i, (float) random.nextGaussian());
        }
    }
}
