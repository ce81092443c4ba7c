package pie.engine.model;

/**
 * Decode ggml's K-quants: blocks of 256 values in sub-blocks with their own 4-, 6- or 8-bit scales.
 *
 * <pre>
 * Q2_K: 16 bytes scales | 64 bytes q | f16 d, f16 min                      x = d scale q - min offset
 * Q3_K: 32 bytes high | 64 bytes low | 12 bytes scales | f16 d             x = d (scale - 32) (q - 4)
 * Q4_K: f16 d, f16 min | 12 bytes scales |                 128 bytes q     x = d scale q - min offset
 * Q5_K: f16 d, f16 min | 12 bytes scales | 32 bytes high | 128 bytes q     x = d scale q - min offset
 * Q6_K: 128 bytes low | 64 bytes high | 16 bytes scales | f16 d            x = d scale (q - 32)
 * </pre>
 */
public final class KQuants {
    private KQuants() {}

    static void q2(byte[] packed, int blocks, float[] out, int at) {
        for (int block = 0, in = 0; block < blocks; block++, in += 84, at += 256) {
            float d = Dequantizer.half(packed, in + 80);
            float min = Dequantizer.half(packed, in + 82);
            for (int sub = 0; sub < 16; sub++) {
                int scale = packed[in + sub];
                float dl = d * (scale & 15);
                float ml = min * (scale >> 4 & 15);
                int from = in + 16 + 32 * (sub / 8) + 16 * (sub % 2);
                int shift = sub / 2 % 4 * 2;
                for (int l = 0; l < 16; l++) {
                    out[at + 16 * sub + l] = dl * (packed[from + l] >> shift & 3) - ml;
                }
            }
        }
    }

    static void q3(byte[] packed, int blocks, IntegerWeights out) {
        for (int block = 0, in = 0, at = 0; block < blocks; block++, in += 110, at += 256) {
            float d = Dequantizer.half(packed, in + 108);
            for (int sub = 0; sub < 16; sub++) {
                out.scales()[at / 16 + sub] = d * (scale3(packed, in + 96, sub) - 32);
                int from = in + 32 + 32 * (sub / 8) + 16 * (sub % 2);
                int shift = sub / 2 % 4 * 2;
                int high = in + 16 * (sub % 2);
                for (int l = 0; l < 16; l++) {
                    int missing = packed[high + l] >> sub / 2 & 1 ^ 1;
                    out.q()[at + 16 * sub + l] = (byte) ((packed[from + l] >> shift & 3) - 4 * missing);
                }
            }
        }
    }

    /** Return the 6-bit scale of Q3_K's sub-block {@code j}: low halves of bytes first, then high ones, then two bits each. */
    private static int scale3(byte[] packed, int at, int j) {
        int low = j < 8 ? packed[at + j] & 15 : packed[at + j - 8] >> 4 & 15;
        return low | (packed[at + 8 + j % 4] >> j / 4 * 2 & 3) << 4;
    }

    static void q4(byte[] packed, int blocks, float[] out, int at) {
        for (int block = 0, in = 0; block < blocks; block++, in += 144, at += 256) {
            float d = Dequantizer.half(packed, in);
            float min = Dequantizer.half(packed, in + 2);
            for (int pair = 0; pair < 4; pair++) {
                float d1 = d * scale(packed, in + 4, 2 * pair);
                float m1 = min * offset(packed, in + 4, 2 * pair);
                float d2 = d * scale(packed, in + 4, 2 * pair + 1);
                float m2 = min * offset(packed, in + 4, 2 * pair + 1);
                int from = in + 16 + 32 * pair;
                int to = at + 64 * pair;
                for (int l = 0; l < 32; l++) {
                    int q = packed[from + l];
                    out[to + l] = d1 * (q & 15) - m1;
                    out[to + l + 32] = d2 * (q >> 4 & 15) - m2;
                }
            }
        }
    }

    static void q5(byte[] packed, int blocks, IntegerWeights out) {
        for (int block = 0, in = 0, at = 0; block < blocks; block++, in += 176, at += 256) {
            float d = Dequantizer.half(packed, in);
            float min = Dequantizer.half(packed, in + 2);
            for (int sub = 0; sub < 8; sub++) {
                int to = at + 32 * sub;
                out.scale(to, d * scale(packed, in + 4, sub));
                out.minima()[to / 32] = -(min * offset(packed, in + 4, sub));
                int from = in + 48 + 32 * (sub / 2);
                for (int l = 0; l < 32; l++) {
                    int high = packed[in + 16 + l] >> sub & 1;
                    out.q()[to + l] = (byte) (packed[from + l] >> 4 * (sub % 2) & 15 | high << 4);
                }
            }
        }
    }

    static void q6(byte[] packed, int blocks, IntegerWeights out) {
        for (int block = 0, in = 0, at = 0; block < blocks; block++, in += 210, at += 256) {
            float d = Dequantizer.half(packed, in + 208);
            for (int sub = 0; sub < 16; sub++) {
                out.scales()[at / 16 + sub] = d * packed[in + 192 + sub];
            }
            for (int i = 0; i < 256; i++) {
                int low = packed[in + 64 * (i / 128) + i % 64] >> i % 128 / 64 * 4 & 15;
                int high = packed[in + 128 + 32 * (i / 128) + i % 32] >> i % 128 / 32 * 2 & 3;
                out.q()[at + i] = (byte) ((low | high << 4) - 32);
            }
        }
    }

    /**
     * Return the 6-bit scale of sub-block {@code j} of Q4_K or Q5_K; those of 4 to 7 have their high bits beside those of 0 to 3.
     *
     * @param at where the 12 bytes of scales begin
     */
    public static int scale(byte[] packed, int at, int j) {
        return j < 4 ? packed[at + j] & 63 : packed[at + j + 4] & 15 | (packed[at + j - 4] >> 6 & 3) << 4;
    }

    /** Return the 6-bit offset of sub-block {@code j}, which stands beside its scale. */
    public static int offset(byte[] packed, int at, int j) {
        return j < 4 ? packed[at + j + 4] & 63 : packed[at + j + 4] >> 4 & 15 | (packed[at + j] >> 6 & 3) << 4;
    }
}
