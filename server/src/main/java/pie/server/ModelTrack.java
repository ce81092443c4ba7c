package pie.server;

import java.util.Arrays;
import java.util.OptionalDouble;
import java.util.function.Supplier;
import pie.engine.EngineFigures;
import pie.engine.EngineStats;

/** Follow what one engine counts, second by second. */
final class ModelTrack {
    private static final int SAMPLES = 64;
    private static final int PEAKS = 60;
    /** Seconds that the samples of a process reach back, see {@link ProcessTrack}. */
    private static final int FARTHEST = 7;

    private static final int PREFILL = 0;
    private static final int DECODE = 1;
    private static final int CACHED = 2;
    private static final int STEPS = 3;
    private static final int BUSY = 4;
    private static final int GAPS = 5;
    private static final int GAP_NANOS = 6;
    private static final int DISPLACED = 7;
    private static final int RESTORED = 8;
    private static final int DRAFTED = 9;
    private static final int ACCEPTED = 10;
    private static final int ROWS = 11;
    private static final int COUNTERS = 12;

    private final Supplier<EngineFigures> source;
    private final Window window = new Window(SAMPLES, COUNTERS);
    private final long[] peakSeconds = new long[PEAKS];
    private final int[] peakRows = new int[PEAKS];
    private final int[] peakRequests = new int[PEAKS];
    private final double[] prices = new double[PEAKS];
    private int priced;
    private EngineFigures last;

    /** @param nanos time now, since which rates are told */
    ModelTrack(Supplier<EngineFigures> source, long nanos) {
        this.source = source;
        last = source.get();
        Arrays.fill(peakSeconds, Long.MIN_VALUE);
        count(nanos);
    }

    /** Take a sample. */
    void sample(long nanos) {
        last = source.get();
        count(nanos);
        peak(last.peakSecond() - 1, last.peakRowsBefore(), last.peakRequestsBefore());
        peak(last.peakSecond(), last.peakRows(), last.peakRequests());
        prices[priced++ % PEAKS] = last.stats().market().price();
    }

    private void count(long nanos) {
        EngineStats s = last.stats();
        window.add(
                nanos,
                last.tokensPrefilled(),
                last.tokensDecoded(),
                s.tokensReused(),
                s.steps(),
                last.busyNanos(),
                last.tokenGaps(),
                last.tokenGapNanos(),
                s.market().displacements(),
                s.market().restores(),
                s.tokensDrafted(),
                s.tokensAccepted(),
                s.rowsPrefill() + s.rowsDecode());
    }

    private void peak(long second, int rows, int requests) {
        int place = Math.floorMod(second, PEAKS);
        peakSeconds[place] = second;
        peakRows[place] = rows;
        peakRequests[place] = requests;
    }

    /** Return what the engine shows at this moment. */
    EngineFigures now() {
        return source.get();
    }

    /** Return rows a second that were computed for tokens that programs wrote. */
    double prefillRate(double seconds) {
        return window.rate(PREFILL, seconds);
    }

    double decodeRate(double seconds) {
        return window.rate(DECODE, seconds);
    }

    double cachedRate(double seconds) {
        return window.rate(CACHED, seconds);
    }

    /** Return the seconds that figures over so many seconds are really of. */
    double span(double seconds) {
        return window.span(seconds);
    }

    double stepRate(double seconds) {
        return window.rate(STEPS, seconds);
    }

    /** Return rows of all steps in the last seconds. */
    long rows(double seconds) {
        return window.growth(ROWS, seconds);
    }

    /** Return how many seconds the last steps are told of: one, or as many as it takes to the last end of one where steps take longer. */
    int lately() {
        int seconds = 1;
        while (seconds < FARTHEST && window.growth(STEPS, seconds) == 0 && window.growth(BUSY, 1) > 0) {
            seconds++;
        }
        return seconds;
    }

    /** Return the rows of a step, the mean of the last ones; 0 if there were none. */
    double meanRows() {
        long steps = window.growth(STEPS, lately());
        return steps == 0 ? 0 : (double) window.growth(ROWS, lately()) / steps;
    }

    /** Return the share of the time in which the driver had a step, 0 to 1. */
    double utilisation(double seconds) {
        return Math.clamp(window.rate(BUSY, seconds) / 1e9, 0, 1);
    }

    /** Return the share of prompt tokens that needed no computing, empty if there were none. */
    OptionalDouble hitRatio(double seconds) {
        long cached = window.growth(CACHED, seconds);
        long all = cached + window.growth(PREFILL, seconds);
        return all == 0 ? OptionalDouble.empty() : OptionalDouble.of((double) cached / all);
    }

    /** Return the mean milliseconds between two tokens of a generation, empty if there were none. */
    OptionalDouble tokenMillis(double seconds) {
        long gaps = window.growth(GAPS, seconds);
        return gaps == 0 ? OptionalDouble.empty() : OptionalDouble.of(window.growth(GAP_NANOS, seconds) / 1e6 / gaps);
    }

    /** Return displacements a minute. */
    double displacementRate() {
        return 60 * window.rate(DISPLACED, 60);
    }

    /** Return restorations a minute. */
    double restoreRate() {
        return 60 * window.rate(RESTORED, 60);
    }

    long drafted(double seconds) {
        return window.growth(DRAFTED, seconds);
    }

    long accepted(double seconds) {
        return window.growth(ACCEPTED, seconds);
    }

    /** Return the mean price of the last minute. */
    double meanPrice() {
        int n = Math.min(priced, PEAKS);
        return n == 0 ? 0 : Arrays.stream(prices, 0, n).sum() / n;
    }

    /** Return the most rows of a step in the last minute. */
    int peakRows(long nanos) {
        return peak(peakRows, nanos, last.peakRows());
    }

    /** Return the most sequences of a step in the last minute. */
    int peakRequests(long nanos) {
        return peak(peakRequests, nanos, last.peakRequests());
    }

    private int peak(int[] peaks, long nanos, int present) {
        long from = Math.floorDiv(nanos, 1_000_000_000L) - PEAKS;
        int most = last.peakSecond() > from ? present : 0;
        for (int i = 0; i < PEAKS; i++) {
            most = peakSeconds[i] > from ? Math.max(most, peaks[i]) : most;
        }
        return most;
    }
}
