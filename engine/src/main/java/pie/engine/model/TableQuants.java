package pie.engine.model;

/**
 * Decode 4-bit types whose values stand in a table.
 *
 * <pre>
 * IQ4_NL: f16 d | 16 bytes q                                            x = d table(q)
 * IQ4_XS: f16 d | u16 high bits of scales | 4 bytes low bits | 128 bytes q   x = d (scale - 32) table(q)
 * MXFP4:  u8 exponent | 16 bytes q                                      x = 2^(exponent - 128) table(q)
 * </pre>
 *
 * <p>MXFP4 is FP4 of the OCP Microscaling formats, 2023; its table here is doubled and its scale halved, as in ggml.
 */
final class TableQuants {
    private static final byte[] IQ4 = {-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};
    private static final byte[] FP4 = {0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};

    private TableQuants() {}

    static void iq4Nl(byte[] packed, int blocks, IntegerWeights out) {
        for (int block = 0, in = 0, at = 0; block < blocks; block++, in += 18, at += 32) {
            values(IQ4, Dequantizer.half(packed, in), packed, in + 2, out, at);
        }
    }

    static void iq4Xs(byte[] packed, int blocks, IntegerWeights out) {
        for (int block = 0, in = 0, at = 0; block < blocks; block++, in += 136, at += 256) {
            float d = Dequantizer.half(packed, in);
            int high = packed[in + 2] & 0xff | (packed[in + 3] & 0xff) << 8;
            for (int sub = 0; sub < 8; sub++) {
                int scale = packed[in + 4 + sub / 2] >> sub % 2 * 4 & 15 | (high >> 2 * sub & 3) << 4;
                values(IQ4, d * (scale - 32), packed, in + 8 + 16 * sub, out, at + 32 * sub);
            }
        }
    }

    static void mxfp4(byte[] packed, int blocks, IntegerWeights out) {
        for (int block = 0, in = 0, at = 0; block < blocks; block++, in += 17, at += 32) {
            int exponent = packed[in] & 0xff;
            int bits = exponent < 2 ? 0x00200000 << exponent : exponent - 1 << 23;
            values(FP4, Float.intBitsToFloat(bits), packed, in + 1, out, at);
        }
    }

    /** Write 32 values: those of the low halves of 16 bytes, then those of the high ones. */
    private static void values(byte[] table, float d, byte[] packed, int in, IntegerWeights out, int at) {
        out.scale(at, d);
        for (int i = 0; i < 16; i++) {
            int q = packed[in + i];
            out.q()[at + i] = table[q & 15];
            out.q()[at + 16 + i] = table[q >> 4 & 15];
        }
    }
}
