package pie.server;

import pie.engine.process.ProcessTotals;

/** Follow what one process computes, second by second. */
final class ProcessTrack {
    private static final int SAMPLES = 8;
    private static final int TOKENS = 0;
    private static final int ROWS = 1;

    private final Window window = new Window(SAMPLES, 2);
    /** Whether its first token has been counted. */
    boolean answered;

    /** @param since a moment before it had computed anything */
    ProcessTrack(long since) {
        window.add(since, 0, 0);
    }

    void sample(long nanos, ProcessTotals totals) {
        window.add(nanos, tokens(totals), totals.pace().rows());
    }

    static long tokens(ProcessTotals totals) {
        return totals.tokensIn() + totals.tokensOut();
    }

    /** Return tokens a second. */
    double rate(double seconds) {
        return window.rate(TOKENS, seconds);
    }

    /** Return its rows in all steps of the last seconds. */
    long rows(double seconds) {
        return window.growth(ROWS, seconds);
    }
}
