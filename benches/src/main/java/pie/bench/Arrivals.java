package pie.bench;

import java.util.Random;

/** Say when the requests of an open loop are to be sent, whatever becomes of those before. */
final class Arrivals {
    private Arrivals() {}

    /**
     * Draw times since the start, in nanoseconds.
     *
     * @param rate requests a second; infinite for all at once
     * @param burstiness shape of the gamma distribution of the gaps: 1 is Poisson, below it come bursts, infinite is a constant gap
     */
    static long[] draw(int count, double rate, double burstiness, long seed) {
        var random = new Random(seed);
        long[] times = new long[count];
        double at = 0;
        for (int i = 0; i < count; i++) {
            times[i] = Double.isInfinite(rate) ? 0 : Math.round(at * 1e9);
            at += gap(random, burstiness) / rate;
        }
        return times;
    }

    /** Return a gap of mean 1. */
    private static double gap(Random random, double shape) {
        if (Double.isInfinite(shape)) {
            return 1;
        }
        if (shape == 1) {
            return -Math.log(1 - random.nextDouble());
        }
        return gamma(random, shape) / shape;
    }

    /** Draw by Marsaglia and Tsang, "A simple method for generating gamma variables" (2000). */
    private static double gamma(Random random, double shape) {
        if (shape < 1) {
            return gamma(random, shape + 1) * Math.pow(1 - random.nextDouble(), 1 / shape);
        }
        double d = shape - 1.0 / 3;
        double c = 1 / Math.sqrt(9 * d);
        while (true) {
            double x = random.nextGaussian();
            double v = Math.pow(1 + c * x, 3);
            if (v > 0 && Math.log(1 - random.nextDouble()) < x * x / 2 + d - d * v + d * Math.log(v)) {
                return d * v;
            }
        }
    }
}
