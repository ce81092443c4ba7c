package pie.engine.model;

/**
 * Decode ggml's quants of 32 values a block.
 *
 * <pre>
 * Q4_0: f16 d        | 16 bytes q            x = d (q - 8)
 * Q4_1: f16 d, f16 m | 16 bytes q            x = d q + m
 * Q5_0: f16 d        | u32 high, 16 bytes q  x = d (q - 16)
 * Q5_1: f16 d, f16 m | u32 high, 16 bytes q  x = d q + m
 * Q8_0: f16 d        | 32 bytes q            x = d q
 * </pre>
 *
 * <p>Byte j holds value j in its low and value j + 16 in its high half; bit j of {@code high} is the fifth bit of value j.
 */
final class LegacyQuants {
    private LegacyQuants() {}

    static void q40(byte[] packed, int blocks, float[] out, int at) {
        for (int block = 0, in = 0; block < blocks; block++, in += 18, at += 32) {
            float d = Dequantizer.half(packed, in);
            for (int j = 0; j < 16; j++) {
                int q = packed[in + 2 + j];
                out[at + j] = ((q & 15) - 8) * d;
                out[at + j + 16] = ((q >> 4 & 15) - 8) * d;
            }
        }
    }

    static void q41(byte[] packed, int blocks, float[] out, int at) {
        for (int block = 0, in = 0; block < blocks; block++, in += 20, at += 32) {
            float d = Dequantizer.half(packed, in);
            float m = Dequantizer.half(packed, in + 2);
            for (int j = 0; j < 16; j++) {
                int q = packed[in + 4 + j];
                out[at + j] = (q & 15) * d + m;
                out[at + j + 16] = (q >> 4 & 15) * d + m;
            }
        }
    }

    static void q50(byte[] packed, int blocks, IntegerWeights out) {
        for (int block = 0, in = 0, at = 0; block < blocks; block++, in += 22, at += 32) {
            out.scale(at, Dequantizer.half(packed, in));
            fives(packed, in + 2, 16, out.q(), at);
        }
    }

    static void q51(byte[] packed, int blocks, IntegerWeights out) {
        for (int block = 0, in = 0, at = 0; block < blocks; block++, in += 24, at += 32) {
            out.scale(at, Dequantizer.half(packed, in));
            out.minima()[at / 32] = Dequantizer.half(packed, in + 2);
            fives(packed, in + 4, 0, out.q(), at);
        }
    }

    /** Write 32 integers of 5 bits, less {@code zero}. */
    private static void fives(byte[] packed, int in, int zero, byte[] out, int at) {
        int high = word(packed, in);
        for (int j = 0; j < 16; j++) {
            int q = packed[in + 4 + j];
            out[at + j] = (byte) ((q & 15 | high >> j << 4 & 16) - zero);
            out[at + j + 16] = (byte) ((q >> 4 & 15 | high >>> j + 12 & 16) - zero);
        }
    }

    static void q80(byte[] packed, int blocks, float[] out, int at) {
        for (int block = 0, in = 0; block < blocks; block++, in += 34, at += 32) {
            float d = Dequantizer.half(packed, in);
            for (int j = 0; j < 32; j++) {
                out[at + j] = packed[in + 2 + j] * d;
            }
        }
    }

    private static int word(byte[] packed, int index) {
        return packed[index] & 0xff
                | (packed[index + 1] & 0xff) << 8
                | (packed[index + 2] & 0xff) << 16
                | packed[index + 3] << 24;
    }
}
