package pie.cpu.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import pie.cpu.machine.MachineCode;

/**
 * Multiply rows of integers by a strip of 4- or 8-bit weights, by the processor's instructions for products of integers, which Java
 * does not offer: assembled when a model is opened, and fast from the first call on.
 *
 * <p>Each output is, over blocks in ascending order, y = fma(float(s), d * scale, y) for each part that has a scale d of its own, then
 * y = fma(m, sum, y) for weights with minima, where s, the sum of products of integers, is exact. So a row's result has the same bits in every tile, for any number of rows, with every
 * {@link InstructionSet}. Twin: {@link Scalar#dotIntegers}.
 */
final class IntegerDot {
    private final int width;
    private final int tile;
    private final MemorySegment[] functions;

    /** @param width panels of the strips, 1, 2 or 4 */
    IntegerDot(Arena arena, WeightFormat format, IntegerRow row, int width) {
        this.width = width;
        tile = row.set().tile();
        functions = new MemorySegment[tile + 1];
        functions[0] = MemorySegment.NULL;
        DotCode dots = DotCode.of(arena, format, row, width);
        for (int rows = 1; rows <= tile; rows++) {
            byte[] code = dots.code(rows);
            functions[rows] = MachineCode.function(OffHeap.zeroed(arena, code.length), code);
        }
    }

    /**
     * Multiply.
     *
     * @param panel first of the strip
     * @param y bytes to the first row's first column of the strip in ys; rows are {@code yStride} bytes apart
     */
    void strip(PackedMatrix m, int panel, IntegerInputs in, int rows, MemorySegment ys, long y, long yStride) {
        int blocks = WeightFormat.blocks(m.k);
        Objects.checkFromIndexSize(m.strip(panel), width * m.format.panelBytes(m.k), m.data.byteSize());
        Objects.checkFromIndexSize(y, (rows - 1) * yStride + (long) width * Lanes.COUNT * Float.BYTES, ys.byteSize());
        long weights = m.data.address() + m.strip(panel);
        for (int row = 0; row < rows; row += tile) {
            MachineCode.call(
                    functions[Math.min(tile, rows - row)],
                    weights,
                    in.tile(row, blocks),
                    ys.address() + y + row * yStride,
                    blocks,
                    yStride);
        }
    }
}
