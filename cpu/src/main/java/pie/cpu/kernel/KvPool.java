package pie.cpu.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Hold keys and values of all pages in f16; memory that was never written takes no room.
 *
 * <pre>
 * page     layer 0 .. L-1, each: head 0 .. H-1, each: K then V
 * K        [headDim / 2][pageSize] ints, dimension 2i in the low half, 2i + 1 in the high half: lanes run over tokens
 * V        [pageSize][headDim / 2] ints, dimension j in the low half, j + headDim / 2 in the high half: lanes run over dimensions
 * </pre>
 */
public final class KvPool {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    final MemorySegment data;
    final int pageSize;
    final int headDim;
    final int kvHeads;
    private final long headBytes;
    private final long layerBytes;
    private final long pageBytes;

    public KvPool(Arena arena, int pages, int pageSize, int layers, int kvHeads, int headDim) {
        this.pageSize = pageSize;
        this.headDim = headDim;
        this.kvHeads = kvHeads;
        headBytes = 4L * pageSize * headDim;
        layerBytes = headBytes * kvHeads;
        pageBytes = layerBytes * layers;
        data = OffHeap.zeroed(arena, pageBytes * pages);
    }

    public static long pageBytes(int pageSize, int layers, int kvHeads, int headDim) {
        return 4L * pageSize * headDim * kvHeads * layers;
    }

    public int pageSize() {
        return pageSize;
    }

    public long pageBytes() {
        return pageBytes;
    }

    /** Return where a page begins. */
    long start(int page) {
        return page * pageBytes;
    }

    /** Return where the keys of a layer and head lie in every page. */
    long keys(int layer, int head) {
        return layer * layerBytes + head * headBytes;
    }

    /** Return where the values of a layer and head lie in every page. */
    long values(int layer, int head) {
        return keys(layer, head) + headBytes / 2;
    }

    /** Write the key and value of one token and head; offsets in bytes to headDim floats each. */
    public void write(int page, int place, int layer, int head, MemorySegment y, long key, long value) {
        long k = start(page) + keys(layer, head) + 4L * place;
        long v = start(page) + values(layer, head) + 2L * headDim * place;
        int half = headDim / 2;
        for (int i = 0; i < half; i++) {
            int pair = pair(y.get(FLOAT, key + 8L * i), y.get(FLOAT, key + 8L * i + 4));
            data.set(INT, k + 4L * pageSize * i, pair);
        }
        for (int i = 0; i < half; i++) {
            data.set(INT, v + 4L * i, pair(y.get(FLOAT, value + 4L * i), y.get(FLOAT, value + 4L * (half + i))));
        }
    }

    private static int pair(float low, float high) {
        return PackedMatrix.half(low) & 0xffff | PackedMatrix.half(high) << 16;
    }

    /** Copy one page over another, all layers. */
    public void copy(int from, int to) {
        MemorySegment.copy(data, from * pageBytes, data, to * pageBytes, pageBytes);
    }

    /** Copy a page, all layers, to byte {@code at} of {@code to}. */
    public void read(int page, MemorySegment to, long at) {
        MemorySegment.copy(data, page * pageBytes, to, at, pageBytes);
    }

    /** Copy a page, all layers, from byte {@code at} of {@code from}. */
    public void write(int page, MemorySegment from, long at) {
        MemorySegment.copy(from, at, data, page * pageBytes, pageBytes);
    }
}
