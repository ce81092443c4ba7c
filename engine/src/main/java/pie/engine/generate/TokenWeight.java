package pie.engine.generate;

/** Turn a distance from the highest logit into an integer weight, the same on every machine: about 2^40 · e^y. */
final class TokenWeight {
    /** Weight of the highest logit. */
    static final long ONE = 1L << 40;

    private static final int FRACTION_BITS = 40;
    private static final int MANTISSA_BITS = 23;
    private static final float LOWEST = -64f;
    private static final float LOG2_E = 0x1.715476p0f;
    private static final float C1 = 0x1.62e42cp-1f;
    private static final float C2 = 0x1.ebfd5ap-3f;
    private static final float C3 = 0x1.c688f0p-5f;
    private static final float C4 = 0x1.3d0c40p-7f;
    private static final float C5 = 0x1.46d326p-10f;
    private static final float C6 = 0x1.c54640p-13f;

    private TokenWeight() {}

    /** Return log2 of the weight's share of {@link #ONE}, at least -64, for {@code y <= 0}. */
    static float exponent(float y) {
        float x = y * LOG2_E;
        return x > LOWEST ? x : LOWEST;
    }

    /** Return the largest integer not above {@code x <= 0}. */
    static int floor(float x) {
        int n = (int) x;
        return n > x ? n - 1 : n;
    }

    static long of(float y) {
        float x = exponent(y);
        return of(x, floor(x));
    }

    /** Return the weight of an exponent whose floor is {@code n}. */
    static long of(float x, int n) {
        float f = x - n;
        float r = 1f + f * (C1 + f * (C2 + f * (C3 + f * (C4 + f * (C5 + f * C6)))));
        int bits = Float.floatToRawIntBits(r);
        long mantissa = (bits & 0x7fffff) | 0x800000;
        int shift = n + FRACTION_BITS - MANTISSA_BITS + ((bits >>> MANTISSA_BITS) - 127);
        return shift >= 0 ? mantissa << shift : mantissa >>> -shift;
    }
}
