package pie.cpu.kernel;

import java.util.Arrays;

/**
 * Say in plain loops what the vector kernels compute, operation for operation: the twins that tests compare with, bit for bit.
 *
 * <p>Twins of kernels whose order of addition depends on the vector length take it as {@code lanes}.
 */
public final class Scalar {
    private Scalar() {}

    /** Twin of {@link Lanes#exp}. */
    public static float exp(float v) {
        float x = Math.max(Math.min(v, Lanes.EXP_MOST), Lanes.EXP_LEAST);
        float z = Math.fma(x, Lanes.LOG2E, Lanes.ROUNDING);
        float n = z - Lanes.ROUNDING;
        float r = Math.fma(n, -Lanes.LN2_HIGH, x);
        r = Math.fma(n, -Lanes.LN2_LOW, r);
        float p = 1.9875691500e-4f;
        p = Math.fma(p, r, 1.3981999507e-3f);
        p = Math.fma(p, r, 8.3334519073e-3f);
        p = Math.fma(p, r, 4.1665795894e-2f);
        p = Math.fma(p, r, 1.6666665459e-1f);
        p = Math.fma(p, r, 5.0000001201e-1f);
        p = Math.fma(p, r * r, r + 1f);
        float e = Float.intBitsToFloat(Float.floatToRawIntBits(p) + (Float.floatToRawIntBits(z) << 23));
        return v < Lanes.EXP_LEAST ? 0f : e;
    }

    /** Sum the first {@code lanes} values by halves; destroys them. */
    static float tree(float[] values, int lanes) {
        for (int half = lanes / 2; half > 0; half /= 2) {
            for (int i = 0; i < half; i++) {
                values[i] += values[i + half];
            }
        }
        return values[0];
    }

    /** Twin of {@link Softmax#weights}: replace n scores by e^(score - most), and return 1 / sum, or 0 if nothing may be seen. */
    static float weights(float[] s, int at, int n, int lanes) {
        float most = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < n; i++) {
            most = Math.max(most, s[at + i]);
        }
        if (most == Float.NEGATIVE_INFINITY) {
            Arrays.fill(s, at, at + n, 0);
            return 0;
        }
        float[] sums = new float[lanes];
        for (int i = 0; i < n; i++) {
            s[at + i] = exp(s[at + i] - most);
            sums[i % lanes] += s[at + i];
        }
        return 1 / tree(sums, lanes);
    }

    /** Twin of {@link Norm#rms}. */
    public static void rms(float[] x, float[] weight, float epsilon, float[] out, int lanes) {
        float[] sums = new float[lanes];
        int whole = x.length / lanes * lanes;
        for (int i = 0; i < whole; i++) {
            sums[i % lanes] = Math.fma(x[i], x[i], sums[i % lanes]);
        }
        float sum = tree(sums, lanes);
        for (int i = whole; i < x.length; i++) {
            sum = Math.fma(x[i], x[i], sum);
        }
        float scale = (float) (1 / Math.sqrt(sum / x.length + epsilon));
        for (int i = 0; i < x.length; i++) {
            out[i] = x[i] * scale * weight[i];
        }
    }

    /** Twin of {@link Activation#swiGlu}. */
    public static float swiGlu(float gate, float up) {
        return gate / (exp(-gate) + 1f) * up;
    }

    /** Twin of {@link Activation#geGlu}. */
    public static float geGlu(float gate, float up) {
        float u = (gate * gate * Activation.GELU_CUBE + Activation.GELU_LINE) * gate;
        return gate / (exp(u) + 1f) * up;
    }

    /**
     * Twin of {@link Matmul} and {@link SingleRow}: one row times one column. Integers are taken as they stand masked in their words,
     * and x by as much too small.
     */
    static float dot(PackedMatrix m, int column, float[] x, int lanes) {
        int bits = m.format.bits();
        float y = 0;
        for (int from = 0; from < m.k; from += WeightFormat.BLOCK) {
            int count = Math.min(WeightFormat.BLOCK, m.k - from);
            if (bits == 0) {
                float s = 0;
                for (int i = 0; i < count; i++) {
                    s = Math.fma(x[from + i], m.value(column, from + i), s);
                }
                y += s;
                continue;
            }
            int each = 32 / bits;
            float[] sums = new float[lanes];
            for (int i = 0; i < count; i++) {
                sums[i % lanes] += x[from + i];
            }
            float highest = 0;
            for (int i = each - 1; i < lanes; i += each) {
                highest += sums[i];
            }
            float sum = tree(sums, lanes);
            float s = bits == 4 ? 8 * highest : -128 * (sum - highest);
            for (int i = 0; i < count; i++) {
                int place = bits * (i % each);
                int masked = m.word(column, from + i) & (1 << bits) - 1 << place;
                s = Math.fma(Math.scalb(x[from + i], -place), masked, s);
            }
            y = Math.fma(s, m.scale(column, from), y);
            if (bits == 4) {
                y = Math.fma(sum, m.minimum(column, from), y);
            }
        }
        return y;
    }

    /** Twin of {@link IntegerInputs} and {@link IntegerDot}: one row times one column of integers. */
    static float dotIntegers(PackedMatrix m, int column, float[] x, Precision precision) {
        float y = 0;
        for (int from = 0; from < m.k; from += WeightFormat.BLOCK) {
            float most = IntegerInputs.LEAST;
            for (int i = from; i < from + WeightFormat.BLOCK; i++) {
                most = Math.max(most, Math.abs(x[i]));
            }
            float scale = most * (1f / precision.limit());
            float inverse = precision.limit() / most;
            int sum = 0;
            int part = WeightFormat.BLOCK / m.format.parts();
            for (int first = from; first < from + WeightFormat.BLOCK; first += part) {
                int dot = 0;
                for (int i = first; i < first + part; i++) {
                    int q = (int) Math.rint(x[i] * inverse);
                    sum += q;
                    dot += q * m.integer(column, i);
                }
                y = Math.fma((float) dot, m.scale(column, first) * scale, y);
            }
            if (m.format.minima()) {
                y = Math.fma(m.minimum(column, from), sum * scale, y);
            }
        }
        return y;
    }

    /** Twin of {@link Argmax}: the first of the largest values. */
    public static int argmax(float[] values) {
        int best = 0;
        for (int i = 1; i < values.length; i++) {
            if (values[i] > values[best]) {
                best = i;
            }
        }
        return best;
    }
}
