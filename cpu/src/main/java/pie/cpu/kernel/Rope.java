package pie.cpu.kernel;

import static pie.cpu.kernel.Lanes.COUNT;
import static pie.cpu.kernel.Lanes.F;
import static pie.cpu.kernel.Lanes.ORDER;
import static pie.cpu.kernel.Lanes.load;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;
import org.jspecify.annotations.Nullable;

/**
 * Rotate pairs (i, i + half) of a head by the angle of its position. Source: Su et al., RoFormer, 2021.
 *
 * <p>Models whose pairs lie side by side have the columns of their Q and K weights put into this order when they are packed.
 */
public final class Rope {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    private final double[] frequency;
    private final float magnitude;

    /**
     * @param scaling divides the frequency of each pair; null for none
     * @param magnitude sines and cosines are multiplied by it
     */
    public Rope(float base, int rotaryDim, float @Nullable [] scaling, float magnitude) {
        this.magnitude = magnitude;
        frequency = new double[rotaryDim / 2];
        for (int i = 0; i < frequency.length; i++) {
            frequency[i] = StrictMath.pow(base, -2.0 * i / rotaryDim) / (scaling == null ? 1 : scaling[i]);
        }
    }

    /** Return the pairs of a head. */
    public int half() {
        return frequency.length;
    }

    /** Write cosines and sines of one position, {@link #half} each, from {@code at}. */
    public void angles(int position, float[] cos, float[] sin, int at) {
        for (int i = 0; i < frequency.length; i++) {
            double angle = position * frequency[i];
            cos[at + i] = (float) StrictMath.cos(angle) * magnitude;
            sin[at + i] = (float) StrictMath.sin(angle) * magnitude;
        }
    }

    /** Rotate one head in place. */
    public static void rotate(MemorySegment y, long at, float[] cos, float[] sin, int angles, int half) {
        int whole = half / COUNT * COUNT;
        long high = at + 4L * half;
        for (int i = 0; i < whole; i += COUNT) {
            FloatVector c = FloatVector.fromArray(F, cos, angles + i);
            FloatVector s = FloatVector.fromArray(F, sin, angles + i);
            FloatVector u = load(y, at + 4L * i);
            FloatVector v = load(y, high + 4L * i);
            u.mul(c).sub(v.mul(s)).intoMemorySegment(y, at + 4L * i, ORDER);
            v.mul(c).add(u.mul(s)).intoMemorySegment(y, high + 4L * i, ORDER);
        }
        for (int i = whole; i < half; i++) {
            float u = y.get(FLOAT, at + 4L * i);
            float v = y.get(FLOAT, high + 4L * i);
            y.set(FLOAT, at + 4L * i, u * cos[angles + i] - v * sin[angles + i]);
            y.set(FLOAT, high + 4L * i, v * cos[angles + i] + u * sin[angles + i]);
        }
    }
}
