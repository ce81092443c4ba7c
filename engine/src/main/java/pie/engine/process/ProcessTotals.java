package pie.engine.process;

/** Count what one process used of the engine; times in nanoseconds, pages now and at most. */
public record ProcessTotals(
        long tokensIn,
        long tokensOut,
        long tokensReused,
        long tokensRecomputed,
        long tokensDrafted,
        long tokensAccepted,
        long tokensRolledBack,
        long forwardPasses,
        long waitingNanos,
        long driverNanos,
        int contexts,
        double pagesHeld,
        double pagesPeak,
        double pageSeconds,
        MarketTotals market,
        Pace pace) {
    public static final ProcessTotals NONE =
            new ProcessTotals(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, MarketTotals.NONE, Pace.NONE);

    /** Add what the process used of another model. */
    public ProcessTotals plus(ProcessTotals other) {
        return new ProcessTotals(
                tokensIn + other.tokensIn,
                tokensOut + other.tokensOut,
                tokensReused + other.tokensReused,
                tokensRecomputed + other.tokensRecomputed,
                tokensDrafted + other.tokensDrafted,
                tokensAccepted + other.tokensAccepted,
                tokensRolledBack + other.tokensRolledBack,
                forwardPasses + other.forwardPasses,
                waitingNanos + other.waitingNanos,
                driverNanos + other.driverNanos,
                contexts + other.contexts,
                pagesHeld + other.pagesHeld,
                pagesPeak + other.pagesPeak,
                pageSeconds + other.pageSeconds,
                market.plus(other.market),
                pace.plus(other.pace));
    }
}
