package pie.engine.generate;

/** Give random numbers by position: Philox4x32 with ten rounds, a pure function of key and counter. */
public final class Philox {
    /** Stream of plain draws. */
    public static final int SAMPLING = 0;
    /** Stream of acceptance tests of drafts that come with a distribution. */
    public static final int ACCEPTANCE = 1;
    /** Stream of draws from what a rejected draft leaves. */
    public static final int RESIDUAL = 2;

    private static final long MASK = 0xffff_ffffL;
    private static final long MULTIPLIER_0 = 0xD251_1F53L;
    private static final long MULTIPLIER_1 = 0xCD9E_8D57L;
    private static final int WEYL_0 = 0x9E37_79B9;
    private static final int WEYL_1 = 0xBB67_AE85;
    private static final int ROUNDS = 10;

    private Philox() {}

    /**
     * Return 53 random bits for the token at index {@code n} of a logical sequence.
     *
     * @param draw number of the draw where one index is drawn several times
     */
    public static long bits53(long seed, long n, int draw, int stream) {
        return block((int) seed, (int) (seed >>> 32), (int) n, (int) (n >>> 32), draw, stream) >>> 11;
    }

    /** Return the first two output words of one block, the first in the upper half. */
    static long block(int key0, int key1, int counter0, int counter1, int counter2, int counter3) {
        int k0 = key0;
        int k1 = key1;
        int c0 = counter0;
        int c1 = counter1;
        int c2 = counter2;
        int c3 = counter3;
        for (int round = 0; round < ROUNDS; round++) {
            long p0 = MULTIPLIER_0 * (c0 & MASK);
            long p1 = MULTIPLIER_1 * (c2 & MASK);
            c0 = (int) (p1 >>> 32) ^ c1 ^ k0;
            c1 = (int) p1;
            c2 = (int) (p0 >>> 32) ^ c3 ^ k1;
            c3 = (int) p0;
            k0 += WEYL_0;
            k1 += WEYL_1;
        }
        return (c0 & MASK) << 32 | (c1 & MASK);
    }
}
