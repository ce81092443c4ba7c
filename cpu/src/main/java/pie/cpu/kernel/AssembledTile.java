package pie.cpu.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
import pie.cpu.machine.MachineCode;

/** Attend by {@link AttentionCode}; checks what it hands to it. */
final class AssembledTile implements AttentionTile {
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;
    private static final int LANES = 16;
    private static final int LINE = 64;
    /** Groups of vectors taken by one call. */
    private final int together;

    private final KvPool kv;
    private final AttentionCode code;
    private final int vectorBytes;
    private final MemorySegment table = Arena.ofAuto().allocate(AttentionCode.TABLE, LINE);

    private MemorySegment queries = MemorySegment.NULL;
    private MemorySegment sums = MemorySegment.NULL;
    private MemorySegment inverse = MemorySegment.NULL;
    private MemorySegment scores = MemorySegment.NULL;
    private int vectors;
    private int stride;

    AssembledTile(KvPool kv, AttentionCode code, int group) {
        this.kv = kv;
        this.code = code;
        together = group > AttentionCode.MOST ? AttentionCode.MOST : AttentionCode.MOST / group * group;
        vectorBytes = kv.headDim * Float.BYTES;
        table.set(LONG, AttentionCode.PAIRS, kv.headDim / 2);
        MemorySegment.copy(AttentionCode.ORDER, 0, table, LONG, AttentionCode.ORDER_AT, AttentionCode.ORDER.length);
    }

    @Override
    public void begin(int vectors, int columns) {
        this.vectors = vectors;
        int lines = (columns + LANES - 1) / LANES;
        stride = (lines | 1) * LINE; // odd: columns of several vectors fall into different sets of a cache
        if (inverse.byteSize() < (long) vectors * Float.BYTES) {
            queries = allocate((long) vectors * vectorBytes);
            sums = allocate((long) vectors * vectorBytes);
            inverse = allocate((long) vectors * Float.BYTES);
        }
        if (scores.byteSize() < (long) vectors * stride) {
            scores = allocate((long) vectors * stride + (long) vectors * stride / 4);
        }
        sums.asSlice(0, (long) vectors * vectorBytes).fill((byte) 0);
    }

    private static MemorySegment allocate(long bytes) {
        return Arena.ofAuto().allocate(bytes, LINE);
    }

    @Override
    public void query(int vector, int count, MemorySegment y, long at) {
        long bytes = (long) count * vectorBytes;
        Objects.checkFromIndexSize(at, bytes, y.byteSize());
        Objects.checkFromIndexSize(vector, count, vectors);
        MachineCode.call(
                code.scale, y.address() + at, queries.address() + (long) vector * vectorBytes, bytes / LINE, 0, 0);
    }

    @Override
    public void scores(int vector, int count, PageList list, int page, int pages, long offset, int column) {
        table(list, page, pages, offset);
        check(vector, count, column, pages * kv.pageSize);
        for (int v = vector; v < vector + count; ) {
            int n = Math.min(together, vector + count - v);
            table.set(LONG, AttentionCode.VECTORS, queries.address() + (long) v * vectorBytes);
            table.set(LONG, AttentionCode.SCORES, score(v, column));
            MachineCode.call(code.scores[n], table.address(), 0, 0, 0, 0);
            v += n;
        }
    }

    private void table(PageList list, int page, int pages, long offset) {
        table.set(LONG, AttentionCode.LIST, list.address(page));
        table.set(LONG, AttentionCode.PAGES, pages);
        table.set(LONG, AttentionCode.OFFSET, kv.data.address() + offset);
        table.set(LONG, AttentionCode.STRIDE, stride);
    }

    private void check(int vector, int count, int column, int columns) {
        Objects.checkFromIndexSize(vector, count, vectors);
        Objects.checkFromIndexSize(column, columns, stride / Float.BYTES);
    }

    private long score(int vector, int column) {
        return scores.address() + (long) vector * stride + (long) column * Float.BYTES;
    }

    @Override
    public void hide(int vector, int from, int to) {
        for (int column = from; column < to; column++) {
            scores.set(FLOAT, (long) vector * stride + (long) column * Float.BYTES, Float.NEGATIVE_INFINITY);
        }
    }

    @Override
    public void weigh(int vector, int from, int to) {
        int whole = (to - from + LANES - 1) / LANES;
        check(vector, 1, from, whole * LANES);
        hide(vector, to, from + whole * LANES);
        MachineCode.call(code.weigh, score(vector, from), whole, inverse.address() + (long) vector * Float.BYTES, 0, 0);
    }

    @Override
    public void values(int vector, int count, PageList list, int page, int pages, long offset, int slots, int column) {
        table(list, page, pages, offset);
        table.set(LONG, AttentionCode.SLOTS, slots);
        check(vector, count, column, pages * slots);
        for (int v = vector; v < vector + count; ) {
            int n = Math.min(together, vector + count - v);
            table.set(LONG, AttentionCode.VECTORS, sums.address() + (long) v * vectorBytes);
            table.set(LONG, AttentionCode.SCORES, score(v, column));
            MachineCode.call(code.values[n], table.address(), 0, 0, 0, 0);
            v += n;
        }
    }

    @Override
    public void write(int vector, int count, MemorySegment out, long at) {
        Objects.checkFromIndexSize(at, (long) count * vectorBytes, out.byteSize());
        Objects.checkFromIndexSize(vector, count, vectors);
        MachineCode.call(
                code.write,
                sums.address() + (long) vector * vectorBytes,
                inverse.address() + (long) vector * Float.BYTES,
                out.address() + at,
                count,
                table.address() + AttentionCode.ORDER_AT);
    }
}
