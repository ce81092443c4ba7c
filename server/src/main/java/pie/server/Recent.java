package pie.server;

import java.util.Arrays;
import java.util.OptionalDouble;

/** Keep what was measured last, to tell its quantiles over the last seconds; of very many measurements the newest count. */
final class Recent {
    private final long[] times;
    private final double[] values;
    private long added;

    Recent(int most) {
        times = new long[most];
        values = new double[most];
    }

    void add(long nanos, double value) {
        int place = (int) (added++ % times.length);
        times[place] = nanos;
        values[place] = value;
    }

    /** Return the values of the last seconds before {@code nanos}, sorted. */
    double[] sorted(long nanos, double seconds) {
        long from = nanos - (long) (seconds * 1e9);
        double[] found = new double[(int) Math.min(added, times.length)];
        int n = 0;
        for (int i = 0; i < found.length; i++) {
            if (times[i] - from >= 0) {
                found[n++] = values[i];
            }
        }
        double[] sorted = Arrays.copyOf(found, n);
        Arrays.sort(sorted);
        return sorted;
    }

    /** Return the value that a share {@code q} of the sorted values does not exceed (nearest rank), empty of none. */
    static OptionalDouble quantile(double[] sorted, double q) {
        if (sorted.length == 0) {
            return OptionalDouble.empty();
        }
        int rank = (int) Math.ceil(q * sorted.length);
        return OptionalDouble.of(sorted[Math.clamp(rank - 1, 0, sorted.length - 1)]);
    }

    static OptionalDouble mean(double[] values) {
        return Arrays.stream(values).average();
    }
}
