package pie.engine.adapter;

import pie.engine.driver.LoraAdapter;

/**
 * Draw a standard normal number for each number of an adapter: a pure function of the adapter's content and a seed.
 *
 * <p>Numbers of SplitMix64 by their place (Steele, Lea and Flood, 2014), two of which give two normal ones (Box and Muller, 1958).
 */
final class Noise {
    private static final double UNIT = 0x1p-53;
    private static final long GOLDEN = 0x9E37_79B9_7F4A_7C15L;

    private final long key;

    Noise(AdapterId adapter, long seed) {
        key = mixed(adapter.high() ^ mixed(adapter.low() ^ mixed(seed)));
    }

    /** Make a step of SplitMix64. */
    private static long mixed(long x) {
        long z = x + GOLDEN;
        z = (z ^ z >>> 30) * 0xBF58_476D_1CE4_E5B9L;
        z = (z ^ z >>> 27) * 0x94D0_49BB_1331_11EBL;
        return z ^ z >>> 31;
    }

    /** Add the noise, times a factor, to some numbers; the first of them is number {@code from} of the adapter. */
    void add(float[] to, long from, float factor) {
        for (int i = 0; i < to.length; i++) {
            // An index of its own for each pair of numbers: where an array begins in the middle of a pair, that is
            // drawn twice.
            long pair = from + i >> 1;
            double radius = Math.sqrt(-2 * StrictMath.log(1 - uniform(pair, 0)));
            double angle = 2 * Math.PI * uniform(pair, 1);
            if ((from + i & 1) == 1) {
                to[i] += (float) (factor * radius * StrictMath.sin(angle));
                continue;
            }
            to[i] += (float) (factor * radius * StrictMath.cos(angle));
            if (i + 1 < to.length) {
                i++;
                to[i] += (float) (factor * radius * StrictMath.sin(angle));
            }
        }
    }

    private double uniform(long pair, int which) {
        return (mixed(key + (2 * pair + which) * GOLDEN) >>> 11) * UNIT;
    }

    /** Return an adapter with the noise, times a factor, added to all its numbers. */
    LoraAdapter added(LoraAdapter base, float factor) {
        return base.changed((numbers, from) -> add(numbers, from, factor));
    }
}
