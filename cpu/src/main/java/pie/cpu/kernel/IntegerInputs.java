package pie.cpu.kernel;

import static pie.cpu.kernel.WeightFormat.BLOCK;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import pie.cpu.machine.MachineCode;

/**
 * Hold rows of activations as integers with a scale for each block of 32, as {@link IntegerDot} reads them.
 *
 * <pre>
 * rows of a tile [block 0: row 0 row 1 ..][block 1: ..] ..   rows of the next ..   rows left over, as many to a block as there are
 * row of a block = high bytes [32], low bytes [32] if there are two, scale f32, sum f32, correction i32, the part of the correction that the last 16 make i32
 * integer = high * 128 + low, x = integer * scale, sum = scale * sum of integers, correction = -128 * sum of integers
 * </pre>
 *
 * For 4-bit weights, bytes of eight neighbours are ordered 0 2 4 6 1 3 5 7: as their nibbles come out of a word.
 * Where {@link IntegerRow#shorts} meet 8-bit weights there are 32 shorts instead, of four neighbours ordered 0 2 1 3.
 */
final class IntegerInputs {
    static final int LOW = 32;
    /** Least maximum of a block: a block of zeros has a scale too. */
    static final float LEAST = 1e-30f;

    private final Arena arena;
    private final IntegerRow row;
    private final MemorySegment function;
    private MemorySegment data = MemorySegment.NULL;

    /** @param function of {@link #function} */
    IntegerInputs(Arena arena, IntegerRow row, MemorySegment function) {
        this.arena = arena;
        this.row = row;
        this.function = function;
    }

    /** Assemble what turns rows into integers. */
    static MemorySegment function(Arena arena, IntegerRow row) {
        byte[] code = row.set() == InstructionSet.VNNI ? WideInputs.code(row) : new NarrowInputs(arena, row).code();
        return MachineCode.function(OffHeap.zeroed(arena, code.length), code);
    }

    /** Make room for rows of k. */
    void reserve(int rows, int k) {
        long bytes = (long) rows * WeightFormat.blocks(k) * row.bytes();
        if (data.byteSize() < bytes) {
            data = OffHeap.zeroed(arena, bytes);
        }
    }

    /**
     * Take rows [from, to) of a batch.
     *
     * @param x f32 [rows, k], dense; k is a number of whole blocks
     */
    void fill(MemorySegment x, int k, int rows, int from, int to) {
        int blocks = k / BLOCK;
        int tile = row.set().tile();
        Objects.checkFromIndexSize(0, 4L * to * k, x.isNative() ? x.byteSize() : 0);
        Objects.checkFromIndexSize(0, (long) rows * blocks * row.bytes(), data.byteSize());
        for (int r = from; r < to; r++) {
            int first = r / tile * tile;
            long at = tile(first, blocks) + (long) (r - first) * row.bytes();
            long stride = (long) Math.min(tile, rows - first) * row.bytes();
            MachineCode.call(function, x.address() + 4L * r * k, at, blocks, stride, 0);
        }
    }

    /** Return the address of a tile's first row. */
    long tile(int firstRow, int blocks) {
        return data.address() + (long) firstRow * blocks * row.bytes();
    }
}
