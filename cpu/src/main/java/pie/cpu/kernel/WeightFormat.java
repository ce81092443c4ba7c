package pie.cpu.kernel;

/**
 * Name the ways in which packed weights are kept; w is always recovered as one float, the same in every kernel.
 *
 * <pre>
 * panel = COUNT columns (output features); column = lane. One "word" = COUNT ints, one of each column.
 * Q4    per 32 of k: word of (d low half, m high half) f16, then 4 words of 8 nibbles     w = q*d + m, rounded once
 * Q8    per 32 of k: word of (d low half, 0) f16, then 8 words of 4 signed bytes          w = q*d, rounded once
 * F16   per  2 of k: word of (even low half, odd high half)                               exact
 * BF16  per  2 of k: word of (even low half, odd high half)                               exact
 * F32   per  1 of k: word of floats                                                       exact
 * </pre>
 */
public enum WeightFormat {
    Q4(32, 5),
    Q8(32, 9),
    F16(2, 1),
    BF16(2, 1),
    F32(1, 1);

    private final int group;
    private final int words;

    WeightFormat(int group, int words) {
        this.group = group;
        this.words = words;
    }

    /** Return the step of k that is stored together. */
    public int group() {
        return group;
    }

    /** Return the words of one group. */
    int words() {
        return words;
    }

    /** Return the bytes of one panel of k rows. */
    long panelBytes(int k) {
        return (long) k / group * words * Lanes.COUNT * 4;
    }
}
