package pie.cpu.kernel;

import static pie.cpu.kernel.Lanes.COUNT;
import static pie.cpu.kernel.Lanes.F;
import static pie.cpu.kernel.Lanes.ORDER;
import static pie.cpu.kernel.Lanes.load;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;

/** Normalise rows by their root mean square. Source: Zhang and Sennrich, 2019. Twin: {@link Scalar#rms}. */
public final class Norm {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    private Norm() {}

    /**
     * Write x / rms(x) * weight.
     *
     * @param at bytes to the row in x; {@code to} in out
     * @param room {@link Lanes#COUNT} floats of scratch
     */
    public static void rms(
            MemorySegment x, long at, float[] weight, float epsilon, MemorySegment out, long to, float[] room) {
        int n = weight.length;
        int whole = n / COUNT * COUNT;
        float sum = Lanes.sum(squares(x, at, whole), room);
        for (int i = whole; i < n; i++) {
            float v = x.get(FLOAT, at + 4L * i);
            sum = Math.fma(v, v, sum);
        }
        float scale = (float) (1 / Math.sqrt(sum / n + epsilon));
        scale(x, at, scale, weight, out, to, whole);
        for (int i = whole; i < n; i++) {
            out.set(FLOAT, to + 4L * i, x.get(FLOAT, at + 4L * i) * scale * weight[i]);
        }
    }

    private static FloatVector squares(MemorySegment x, long at, int n) {
        FloatVector sum = FloatVector.zero(F);
        for (int i = 0; i < n; i += COUNT) {
            FloatVector v = load(x, at + 4L * i);
            sum = v.fma(v, sum);
        }
        return sum;
    }

    private static void scale(
            MemorySegment x, long at, float scale, float[] weight, MemorySegment out, long to, int n) {
        for (int i = 0; i < n; i += COUNT) {
            load(x, at + 4L * i)
                    .mul(scale)
                    .mul(FloatVector.fromArray(F, weight, i))
                    .intoMemorySegment(out, to + 4L * i, ORDER);
        }
    }

    /** Add y to x in place, n floats. */
    public static void add(MemorySegment x, long at, MemorySegment y, long from, int n) {
        int whole = n / COUNT * COUNT;
        for (int i = 0; i < whole; i += COUNT) {
            load(x, at + 4L * i).add(load(y, from + 4L * i)).intoMemorySegment(x, at + 4L * i, ORDER);
        }
        for (int i = whole; i < n; i++) {
            x.set(FLOAT, at + 4L * i, x.get(FLOAT, at + 4L * i) + y.get(FLOAT, from + 4L * i));
        }
    }

    /** Add y to x in place. */
    public static void add(MemorySegment x, long at, float[] y) {
        int whole = y.length / COUNT * COUNT;
        for (int i = 0; i < whole; i += COUNT) {
            load(x, at + 4L * i).add(FloatVector.fromArray(F, y, i)).intoMemorySegment(x, at + 4L * i, ORDER);
        }
        for (int i = whole; i < y.length; i++) {
            x.set(FLOAT, at + 4L * i, x.get(FLOAT, at + 4L * i) + y[i]);
        }
    }

    /** Multiply x in place, n floats. */
    public static void multiply(MemorySegment x, long at, float by, int n) {
        int whole = n / COUNT * COUNT;
        for (int i = 0; i < whole; i += COUNT) {
            load(x, at + 4L * i).mul(by).intoMemorySegment(x, at + 4L * i, ORDER);
        }
        for (int i = whole; i < n; i++) {
            x.set(FLOAT, at + 4L * i, x.get(FLOAT, at + 4L * i) * by);
        }
    }

    /** Add y, multiplied, to x in place, n floats. */
    public static void addScaled(MemorySegment x, long at, MemorySegment y, long from, float by, int n) {
        int whole = n / COUNT * COUNT;
        for (int i = 0; i < whole; i += COUNT) {
            load(x, at + 4L * i).add(load(y, from + 4L * i).mul(by)).intoMemorySegment(x, at + 4L * i, ORDER);
        }
        for (int i = whole; i < n; i++) {
            x.set(FLOAT, at + 4L * i, x.get(FLOAT, at + 4L * i) + y.get(FLOAT, from + 4L * i) * by);
        }
    }
}
