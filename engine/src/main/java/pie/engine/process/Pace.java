package pie.engine.process;

/**
 * Tell how fast a process goes; spans in nanoseconds.
 *
 * @param rows of steps that were its own, dropped ones included
 * @param firstTokenAt when its first token was kept, by {@link System#nanoTime}; 0 for not yet
 * @param tokenGaps times between two tokens that a generation kept, counted from when the second was asked for if that was later
 * @param workNanos sum over its contexts of the time in which they had rows to be computed; what follows is part of it
 * @param queueNanos of which rows waited for a step
 * @param allocationNanos of which they waited for pages
 * @param restoreNanos of which steps computed rows again
 * @param excluded contexts that wait for pages now
 */
public record Pace(
        long rows,
        long firstTokenAt,
        long tokenGaps,
        long tokenGapNanos,
        long workNanos,
        long queueNanos,
        long allocationNanos,
        long restoreNanos,
        int excluded) {
    public static final Pace NONE = new Pace(0, 0, 0, 0, 0, 0, 0, 0, 0);

    /** Add what the process did on another model. */
    public Pace plus(Pace other) {
        return new Pace(
                rows + other.rows,
                earlier(firstTokenAt, other.firstTokenAt),
                tokenGaps + other.tokenGaps,
                tokenGapNanos + other.tokenGapNanos,
                workNanos + other.workNanos,
                queueNanos + other.queueNanos,
                allocationNanos + other.allocationNanos,
                restoreNanos + other.restoreNanos,
                excluded + other.excluded);
    }

    private static long earlier(long a, long b) {
        if (a == 0 || b == 0) {
            return a == 0 ? b : a;
        }
        return a - b < 0 ? a : b;
    }
}
