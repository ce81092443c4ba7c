package pie.cpu.kernel;

import static pie.cpu.kernel.Lanes.COUNT;
import static pie.cpu.kernel.Lanes.F;
import static pie.cpu.kernel.Lanes.HALF_SCALE;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** Turn scores into weights. */
final class Softmax {
    private Softmax() {}

    /**
     * Replace n scores by e^(score - max) * {@link Lanes#HALF_SCALE}, fill up to whole vectors with zeros, and return 1 / sum: the
     * factor that makes a sum of weighted f16 values right; 0 if nothing may be seen.
     */
    static float weights(float[] s, int at, int n, float[] room) {
        int padded = Lanes.roundUp(n);
        Arrays.fill(s, at + n, at + padded, Float.NEGATIVE_INFINITY);
        float max = max(s, at, padded);
        if (max == Float.NEGATIVE_INFINITY) {
            Arrays.fill(s, at, at + padded, 0);
            return 0;
        }
        return 1 / Lanes.sum(exp(s, at, padded, max), room);
    }

    private static float max(float[] s, int at, int n) {
        FloatVector max = FloatVector.broadcast(F, Float.NEGATIVE_INFINITY);
        for (int i = 0; i < n; i += COUNT) {
            max = max.max(FloatVector.fromArray(F, s, at + i));
        }
        return max.reduceLanes(VectorOperators.MAX);
    }

    private static FloatVector exp(float[] s, int at, int n, float max) {
        FloatVector sum = FloatVector.zero(F);
        for (int i = 0; i < n; i += COUNT) {
            FloatVector e = Lanes.exp(FloatVector.fromArray(F, s, at + i).sub(max));
            e.mul(HALF_SCALE).intoArray(s, at + i);
            sum = sum.add(e);
        }
        return sum;
    }
}
