package pie.cpu.kernel;

import static pie.cpu.kernel.Lanes.COUNT;
import static pie.cpu.kernel.Lanes.load;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** Find the largest logit, the lower id where several are equal. Twin: {@link Scalar#argmax}. */
public final class Argmax {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
    private static final int BLOCK = 64;

    private Argmax() {}

    /** Return the index of the first largest of n floats, or -1 if one is NaN or plus infinity, or none is finite. */
    public static int first(MemorySegment x, long at, int n) {
        float best = Float.NEGATIVE_INFINITY;
        int block = -1;
        int whole = n / (BLOCK * COUNT) * (BLOCK * COUNT);
        for (int i = 0; i < whole; i += BLOCK * COUNT) {
            float top = max(x, at + 4L * i);
            if (!(top < Float.POSITIVE_INFINITY)) {
                return -1;
            }
            if (top > best) {
                best = top;
                block = i;
            }
        }
        for (int i = whole; i < n; i++) {
            float v = x.get(FLOAT, at + 4L * i);
            if (!(v < Float.POSITIVE_INFINITY)) {
                return -1;
            }
            if (v > best) {
                best = v;
                block = i;
            }
        }
        while (block >= 0 && x.get(FLOAT, at + 4L * block) != best) {
            block++;
        }
        return block;
    }

    private static float max(MemorySegment x, long at) {
        FloatVector max = load(x, at);
        for (int i = 1; i < BLOCK; i++) {
            max = max.max(load(x, at + 4L * COUNT * i));
        }
        return max.reduceLanes(VectorOperators.MAX);
    }
}
