package pie.cpu.kernel;

import java.lang.foreign.ValueLayout;

/** Attend in plain loops, for any shape: the twin of {@link VectorTile} and {@link AssembledTile}. */
final class ScalarTile extends FloatTile {
    private static final ValueLayout.OfShort HALF = ValueLayout.JAVA_SHORT_UNALIGNED;

    private final int lanes;

    /** @param lanes over which sums of weights run */
    ScalarTile(KvPool kv, float scale, int lanes) {
        super(kv, scale);
        this.lanes = lanes;
    }

    private float half(long at) {
        return Float.float16ToFloat(data.get(HALF, at));
    }

    @Override
    void score(int vector, int vectors, long keys, int at) {
        for (int v = 0; v < vectors; v++) {
            int q = (vector + v) * headDim;
            for (int t = 0; t < pageSize; t++) {
                float even = 0;
                float odd = 0;
                for (int i = 0; i < headDim; i += 2) {
                    long pair = keys + 4L * (i / 2 * pageSize + t);
                    even = Math.fma(half(pair), query[q + i], even);
                    odd = Math.fma(half(pair + 2), query[q + i + 1], odd);
                }
                scores[at + v * stride + t] = even + odd;
            }
        }
    }

    @Override
    float weigh(int at, int n) {
        return Scalar.weights(scores, at, n, lanes);
    }

    @Override
    void add(int vector, int vectors, long values, int slots, int at) {
        int half = headDim / 2;
        for (int v = 0; v < vectors; v++) {
            int o = (vector + v) * headDim;
            for (int t = 0; t < slots; t++) {
                float w = scores[at + v * stride + t];
                for (int i = 0; i < half; i++) {
                    long pair = values + 4L * (t * half + i);
                    out[o + i] = Math.fma(half(pair), w, out[o + i]);
                    out[o + half + i] = Math.fma(half(pair + 2), w, out[o + half + i]);
                }
            }
        }
    }
}
