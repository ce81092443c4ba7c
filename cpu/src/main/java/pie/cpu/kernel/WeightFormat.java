package pie.cpu.kernel;

/**
 * Name the ways in which packed weights are kept.
 *
 * <pre>
 * panel = COUNT columns (output features); column = lane. "word" = COUNT ints, one of each column. Per block of 32 of k:
 * Q4    word of (d low half, m high half) f16, then 4 words of 8 nibbles, the highest less 8      w = q*d + m
 * Q8    word of (d low half, 0) f16, then 8 words of 4 bytes, all but the highest plus 128        w = q*d
 * F16   16 words of (even low half, odd high half)                                                exact
 * BF16  16 words of (even low half, odd high half)                                                exact
 * F32   32 words of floats                                                                        exact
 * </pre>
 *
 * <p>Nibbles and bytes are masked, not shifted, on their way to floats: each comes too large by the power of two of its place, and
 * the activation that it meets is too small by the same. The highest field of an int has its sign; this and the 128 are made good
 * by where a block's sum starts, see {@link Inputs}.
 */
public enum WeightFormat {
    Q4(5, 4),
    Q8(9, 8),
    F16(16, 0),
    BF16(16, 0),
    F32(32, 0);

    /** Values along k that are stored together. */
    public static final int BLOCK = 32;

    private final int words;
    private final int bits;

    WeightFormat(int words, int bits) {
        this.words = words;
        this.bits = bits;
    }

    /** Return the words of one block. */
    int words() {
        return words;
    }

    /** Return the bits of an integer weight, 0 for floats. */
    int bits() {
        return bits;
    }

    static int blocks(int k) {
        return (k + BLOCK - 1) / BLOCK;
    }

    /** Return the bytes of one panel of k rows. */
    long panelBytes(int k) {
        return (long) blocks(k) * words * Lanes.COUNT * 4;
    }
}
