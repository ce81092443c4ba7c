package pie.cpu.kernel;

/**
 * Name the ways in which packed weights are kept.
 *
 * <pre>
 * panel = COUNT columns (output features); column = lane. "word" = COUNT ints, one of each column. Per block of 32 of k:
 * Q4    word of (d low half, m high half) f16, then 4 words of 8 nibbles, the highest less 8      w = q*d + m
 * Q8    word of (d low half, 0) f16, then 8 words of 4 bytes, all but the highest plus 128        w = q*d
 * Q8_MINIMUM  word of d, word of m, then 8 words as of Q8                                         w = q*d + m
 * Q8_PAIR     word of d of the first 16, word of d of the last 16, then 8 words as of Q8          w = q*d
 * F16   16 words of (even low half, odd high half)                                                exact
 * BF16  16 words of (even low half, odd high half)                                                exact
 * F32   32 words of floats                                                                        exact
 * </pre>
 *
 * <p>{@link #Q8_MINIMUM} and {@link #Q8_PAIR}, whose d and m are floats, are read by {@link IntegerDot} alone.
 *
 * <p>Nibbles and bytes are masked, not shifted, on their way to floats: each comes too large by the power of two of its place, and
 * the activation that it meets is too small by the same. The highest field of an int has its sign; this and the 128 are made good
 * by where a block's sum starts, see {@link Inputs}.
 */
public enum WeightFormat {
    Q4(1, 4, true),
    Q8(1, 8, false),
    Q8_MINIMUM(2, 8, true),
    Q8_PAIR(2, 8, false),
    F16(0, 16, false),
    BF16(0, 16, false),
    F32(0, 32, false);

    /** Values along k that are stored together. */
    public static final int BLOCK = 32;

    private final int scaleWords;
    private final int bits;
    private final boolean minima;

    WeightFormat(int scaleWords, int bits, boolean minima) {
        this.scaleWords = scaleWords;
        this.bits = bits;
        this.minima = minima;
    }

    /** Return the words of one block. */
    int words() {
        return scaleWords + bits;
    }

    /** Return the words of one block that stand before its weights: one of halves, or two of floats; none for floats. */
    int scaleWords() {
        return scaleWords;
    }

    /** Return the bits of an integer weight, 0 for floats. */
    public int bits() {
        return scaleWords == 0 ? 0 : bits;
    }

    /** Say whether a block has a minimum. */
    boolean minima() {
        return minima;
    }

    /** Return how many parts of a block have a scale of their own. */
    int parts() {
        return this == Q8_PAIR ? 2 : 1;
    }

    /** Say whether {@link IntegerDot} alone reads it. */
    boolean integersOnly() {
        return scaleWords == 2;
    }

    static int blocks(int k) {
        return (k + BLOCK - 1) / BLOCK;
    }

    /** Return the bytes of one panel of k rows. */
    long panelBytes(int k) {
        return (long) blocks(k) * words() * Lanes.COUNT * 4;
    }
}
