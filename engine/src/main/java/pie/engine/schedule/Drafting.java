package pie.engine.schedule;

import pie.engine.driver.DriverCapabilities;

/**
 * Decide how many drafts a step takes, of which works: as many as make tokens come faster, among what decode rows leave of the batch.
 *
 * <pre>
 * tokens/s of the step = (works + drafts expected to hold) / time of (rows + drafts)
 * </pre>
 */
final class Drafting {
    /** What drafts must gain at least, as they keep the work from being chained. */
    private static final double WORTH = 1.05;

    private final DriverCapabilities limits;
    private final boolean always;
    private final DecodeTime time;
    private int rows;
    private int room;
    /** Room for drafts that programs ask for, whatever is gained by them. */
    private int free;

    private double tokens;

    Drafting(DriverCapabilities limits, boolean always, DecodeTime time) {
        this.limits = limits;
        this.always = always;
        this.time = time;
    }

    /**
     * Begin a step.
     *
     * @param open whether it has decode rows only, and none runs before it
     * @param kept rows of the batch that drafts must leave to others
     */
    void begin(int works, int decodeRows, boolean open, int kept) {
        rows = decodeRows;
        tokens = works;
        free = Math.min(limits.maxTokens() - decodeRows - kept, limits.maxDraws() - works);
        room = open ? Math.min(free, DecodeTime.MOST - decodeRows) : 0;
    }

    /** Give a work its drafts, perhaps none. */
    void draft(Work work) {
        if (work.asked()) {
            take(work, Math.min(free, work.drafts()), 0);
            return;
        }
        int most = room <= 0 ? 0 : Math.min(room, work.drafts());
        if (most <= 0) {
            return;
        }
        double now = time.nanos(rows);
        double held = 1;
        double expected = 0;
        double bestExpected = 0;
        double best = WORTH * tokens / now;
        int drafts = always ? most : 0;
        for (int k = 1; k <= most && !always && now > 0; k++) {
            held *= work.chance(k - 1);
            expected += held;
            double rate = (tokens + expected) / time.nanos(rows + k);
            if (rate > best) {
                best = rate;
                bestExpected = expected;
                drafts = k;
            }
        }
        take(work, drafts, bestExpected);
    }

    private void take(Work work, int drafts, double expected) {
        if (drafts > 0) {
            work.draft(drafts);
            rows += drafts;
            room -= drafts;
            free -= drafts;
            tokens += expected;
        }
    }
}
