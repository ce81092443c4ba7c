package pie.engine.market;

import java.util.List;

/**
 * Count what the market of one model did since it started. Credits as people read them.
 *
 * @param price of the last tick, a page and tick
 * @param revenue rent of the last tick
 * @param waiters contexts excluded now
 * @param longestWaitNanos of a context with work
 * @param recent last displacements, oldest first
 */
public record MarketStats(
        long ticks,
        double price,
        double revenue,
        int waiters,
        long grants,
        long exclusions,
        long displacements,
        long restores,
        long aged,
        long longestWaitNanos,
        double balances,
        double rents,
        double made,
        double unpaid,
        double issued,
        double refilled,
        double retired,
        List<Displacement> recent) {
    public static final MarketStats NONE =
            new MarketStats(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, List.of());

    /** Tell whose pages went to whom. */
    public record Displacement(MarketEvent.Party victim, MarketEvent event) {}
}
