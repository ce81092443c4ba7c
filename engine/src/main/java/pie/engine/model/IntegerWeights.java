package pie.engine.model;

/**
 * Hold one row of weights as integers of 8 bits: weight i is {@code q[i] * scales[i / 16] + minima[i / 32]}, exactly as its type says.
 *
 * @param scales one for 16 weights; types that have one for 32 or more repeat it
 * @param minima one for 32 weights, or none at all
 */
public record IntegerWeights(byte[] q, float[] scales, float[] minima) {
    /** Make room for so many weights. */
    static IntegerWeights of(int count, boolean minima) {
        return new IntegerWeights(new byte[count], new float[count / 16], new float[minima ? count / 32 : 0]);
    }

    /** Set the scale of the 32 weights from {@code i} on. */
    void scale(int i, float scale) {
        scales[i / 16] = scale;
        scales[i / 16 + 1] = scale;
    }

    void floats(float[] out, int at) {
        for (int i = 0; i < q.length; i++) {
            float product = q[i] * scales[i / 16];
            out[at + i] = minima.length == 0 ? product : product + minima[i / 32];
        }
    }
}
