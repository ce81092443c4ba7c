package pie.engine.process;

/** Count what one process used of the engine; times in nanoseconds, pages now and at most. */
public record ProcessTotals(
        long tokensIn,
        long tokensOut,
        long tokensReused,
        long tokensRecomputed,
        long tokensDrafted,
        long tokensAccepted,
        long forwardPasses,
        long waitingNanos,
        long driverNanos,
        int contexts,
        double pagesHeld,
        double pagesPeak,
        double pageSeconds,
        MarketTotals market) {
    public static final ProcessTotals NONE =
            new ProcessTotals(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, MarketTotals.NONE);
}
