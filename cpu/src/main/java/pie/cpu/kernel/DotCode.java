package pie.cpu.kernel;

import java.lang.foreign.Arena;

/** Assemble the functions of {@link IntegerDot} with the instructions of one kind of processor. */
interface DotCode {
    /**
     * Assemble f(weights, rows, y, blocks, bytes between rows of y).
     *
     * @param rows 1 to the tile of the instruction set
     */
    byte[] code(int rows);

    /** @param width panels of the strips, 1, 2 or 4 */
    static DotCode of(Arena arena, WeightFormat format, IntegerRow row, int width) {
        return row.set() == InstructionSet.VNNI
                ? new WideDot(format, row, width)
                : new NarrowDot(arena, format, row, width);
    }
}
