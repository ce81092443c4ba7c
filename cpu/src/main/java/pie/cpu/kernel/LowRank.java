package pie.cpu.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;
import pie.engine.model.LoraPair;

/** Add B (A x) to a row, scaled: the part of an adapter that belongs to one matrix. Twin: plain loops in its test. */
public final class LowRank {
    /** Adds nothing. */
    public static final LowRank NONE = new LowRank(0, 0, 0, new float[0], new float[0]);

    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    private final int rank;
    private final int inputs;
    private final int outputs;
    private final float[] a;
    /** [rank, outputs]. */
    private final float[] b;

    private LowRank(int rank, int inputs, int outputs, float[] a, float[] b) {
        this.rank = rank;
        this.inputs = inputs;
        this.outputs = outputs;
        this.a = a;
        this.b = b;
    }

    public static LowRank of(LoraPair target) {
        float[] turned = new float[target.rank() * target.outputs()];
        for (int n = 0; n < target.outputs(); n++) {
            for (int r = 0; r < target.rank(); r++) {
                turned[r * target.outputs() + n] = target.scale() * target.b()[n * target.rank() + r];
            }
        }
        return new LowRank(
                target.rank(), target.inputs(), target.outputs(), target.a().clone(), turned);
    }

    /**
     * Add to y.
     *
     * @param at bytes to the row in x; {@code to} in y
     * @param room {@link Lanes#COUNT} floats of scratch
     */
    public void add(MemorySegment x, long at, MemorySegment y, long to, float[] room) {
        for (int r = 0; r < rank; r++) {
            float h = dot(x, at, r * inputs, room);
            int whole = outputs / Lanes.COUNT * Lanes.COUNT;
            for (int n = 0; n < whole; n += Lanes.COUNT) {
                FloatVector.fromArray(Lanes.F, b, r * outputs + n)
                        .fma(FloatVector.broadcast(Lanes.F, h), Lanes.load(y, to + 4L * n))
                        .intoMemorySegment(y, to + 4L * n, Lanes.ORDER);
            }
            for (int n = whole; n < outputs; n++) {
                y.set(FLOAT, to + 4L * n, Math.fma(b[r * outputs + n], h, y.get(FLOAT, to + 4L * n)));
            }
        }
    }

    private float dot(MemorySegment x, long at, int from, float[] room) {
        int whole = inputs / Lanes.COUNT * Lanes.COUNT;
        FloatVector sums = FloatVector.zero(Lanes.F);
        for (int i = 0; i < whole; i += Lanes.COUNT) {
            sums = FloatVector.fromArray(Lanes.F, a, from + i).fma(Lanes.load(x, at + 4L * i), sums);
        }
        float sum = Lanes.sum(sums, room);
        for (int i = whole; i < inputs; i++) {
            sum = Math.fma(a[from + i], x.get(FLOAT, at + 4L * i), sum);
        }
        return sum;
    }
}
