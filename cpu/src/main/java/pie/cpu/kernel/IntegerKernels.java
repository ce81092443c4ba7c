package pie.cpu.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.Predicate;
import pie.cpu.machine.MachineCode;

/** Hold what {@link IntegerDot} needs for all matmuls of a driver: its code, and rows of activations as integers. */
public final class IntegerKernels {
    /** Batches of so few rows are taken by every worker for itself; that costs less than to wait for the others. */
    private static final int OWN_ROWS = 4;

    private static final int FORMATS = 2;

    private final Arena arena;
    private final Precision precision;
    private final int maxRows;
    private final IntegerInputs[] shared = new IntegerInputs[FORMATS];
    private final IntegerInputs[][] own;
    private final IntegerDot[][] dots = new IntegerDot[FORMATS][PackedMatrix.WIDTH + 1];

    /**
     * @param workers of the team
     * @param maxRows most rows of a batch
     * @throws UnsupportedOperationException if the system does not run code that a process assembled
     */
    public IntegerKernels(Arena arena, Precision precision, int workers, int maxRows) {
        this.arena = arena;
        this.precision = precision;
        this.maxRows = maxRows;
        own = new IntegerInputs[workers][FORMATS];
        for (WeightFormat format : new WeightFormat[] {WeightFormat.Q4, WeightFormat.Q8}) {
            MemorySegment function = IntegerInputs.function(arena, precision, format.bits());
            shared[index(format)] = new IntegerInputs(arena, precision, function);
            for (IntegerInputs[] inputs : own) {
                inputs[index(format)] = new IntegerInputs(arena, precision, function);
            }
        }
    }

    /**
     * Say whether there is code for this processor, and weights are packed for it.
     *
     * @param flag whether the processor has a feature, by the name that Linux gives it
     */
    public static boolean supported(Predicate<String> flag) {
        return MachineCode.supported()
                && Lanes.COUNT == IntegerDot.LANES
                && flag.test("avx512f")
                && flag.test("avx512bw")
                && flag.test("avx512vl")
                && flag.test("avx512_vnni");
    }

    private static int index(WeightFormat format) {
        return format == WeightFormat.Q4 ? 0 : 1;
    }

    /** Make room and code for a matrix; before any batch runs. */
    void reserve(PackedMatrix m) {
        int format = index(m.format);
        shared[format].reserve(maxRows, m.k);
        for (IntegerInputs[] inputs : own) {
            inputs[format].reserve(OWN_ROWS, m.k);
        }
        for (int panel : m.strips()) {
            int width = m.width(panel);
            if (dots[format][width] == null) {
                dots[format][width] = new IntegerDot(arena, m.format, precision, width);
            }
        }
    }

    IntegerDot dot(WeightFormat format, int width) {
        return dots[index(format)][width];
    }

    /** Say whether batches of so many rows are taken by each worker for itself. */
    static boolean ownsAll(int rows) {
        return rows <= OWN_ROWS;
    }

    /** Return where a worker finds its batch's rows. */
    IntegerInputs inputs(int worker, WeightFormat format, int rows) {
        return ownsAll(rows) ? own[worker][index(format)] : shared[index(format)];
    }

    Precision precision() {
        return precision;
    }
}
