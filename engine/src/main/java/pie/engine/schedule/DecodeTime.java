package pie.engine.schedule;

import java.util.Arrays;

/**
 * Know what a step of so many decode rows takes, by the steps there were. A number of rows never tried, or not for long, is taken to be
 * cheap, so that it is tried.
 */
final class DecodeTime {
    static final int MOST = 64;

    private static final double WEIGHT = 0.2;
    /** Cost of one row more, as a share of a step, until it is known. */
    private static final double HOPE = 0.1;

    private static final long STALE = 2048;

    private final double[] nanos = new double[MOST + 1];
    private final long[] tried = new long[MOST + 1];
    private long steps;

    DecodeTime() {
        Arrays.fill(tried, -STALE);
    }

    void learn(int rows, long took) {
        if (rows <= MOST && took > 0) {
            steps++;
            boolean known = steps - tried[rows] < STALE;
            nanos[rows] = known ? nanos[rows] + WEIGHT * (took - nanos[rows]) : took;
            tried[rows] = steps;
        }
    }

    private boolean known(int rows) {
        return steps - tried[rows] < STALE;
    }

    /** Return the time of a step, 0 if nothing is known of such steps. */
    double nanos(int rows) {
        int lower = Math.min(rows, MOST);
        while (lower > 0 && !known(lower)) {
            lower--;
        }
        if (lower == 0) {
            return 0;
        }
        int upper = rows;
        while (upper <= MOST && !known(upper)) {
            upper++;
        }
        double hope = nanos[lower] * (1 + HOPE * (rows - lower));
        return upper > MOST ? hope : Math.min(hope, nanos[upper]);
    }
}
