package pie.cpu.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Hold what {@link IntegerDot} needs for all matmuls of a driver: its code, and rows of activations as integers. */
public final class IntegerKernels {
    /** Batches of so few rows are taken by every worker for itself; that costs less than to wait for the others. */
    private static final int OWN_ROWS = 4;

    /** Weights of 4 bits and of 8 meet rows of two kinds. */
    private static final int KINDS = 2;

    private final Arena arena;
    private final InstructionSet set;
    private final Precision precision;
    private final int maxRows;
    private final IntegerInputs[] shared = new IntegerInputs[KINDS];
    private final IntegerInputs[][] own;
    private final IntegerDot[][] dots = new IntegerDot[WeightFormat.values().length][PackedMatrix.WIDTH + 1];

    /**
     * @param set one that this processor supports
     * @param workers of the team
     * @param maxRows most rows of a batch
     * @throws UnsupportedOperationException if the system does not run code that a process assembled
     */
    public IntegerKernels(Arena arena, InstructionSet set, Precision precision, int workers, int maxRows) {
        this.arena = arena;
        this.set = set;
        this.precision = precision;
        this.maxRows = maxRows;
        own = new IntegerInputs[workers][KINDS];
        for (WeightFormat format : new WeightFormat[] {WeightFormat.Q4, WeightFormat.Q8}) {
            IntegerRow row = row(format);
            MemorySegment function = IntegerInputs.function(arena, row);
            shared[kind(format)] = new IntegerInputs(arena, row, function);
            for (IntegerInputs[] inputs : own) {
                inputs[kind(format)] = new IntegerInputs(arena, row, function);
            }
        }
    }

    private IntegerRow row(WeightFormat format) {
        return new IntegerRow(precision, format.bits(), set);
    }

    private static int kind(WeightFormat format) {
        return format.bits() == 4 ? 0 : 1;
    }

    /** Make room and code for a matrix; before any batch runs. */
    void reserve(PackedMatrix m) {
        int kind = kind(m.format);
        shared[kind].reserve(maxRows, m.k);
        for (IntegerInputs[] inputs : own) {
            inputs[kind].reserve(OWN_ROWS, m.k);
        }
        IntegerDot[] dots = this.dots[m.format.ordinal()];
        for (int panel : m.strips()) {
            int width = m.width(panel);
            if (dots[width] == null) {
                dots[width] = new IntegerDot(arena, m.format, row(m.format), width);
            }
        }
    }

    IntegerDot dot(WeightFormat format, int width) {
        return dots[format.ordinal()][width];
    }

    /** Say whether batches of so many rows are taken by each worker for itself. */
    static boolean ownsAll(int rows) {
        return rows <= OWN_ROWS;
    }

    /** Return where a worker finds its batch's rows. */
    IntegerInputs inputs(int worker, WeightFormat format, int rows) {
        return ownsAll(rows) ? own[worker][kind(format)] : shared[kind(format)];
    }

    /** Return what multiplies weights of a format, in words. */
    String describe(WeightFormat format) {
        return set.label() + " " + precision + " x " + format;
    }
}
