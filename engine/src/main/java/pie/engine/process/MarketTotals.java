package pie.engine.process;

/**
 * Count what one process did in the market. Credits.
 *
 * @param bid highest effective bid of its contexts in the last tick, a page and tick
 * @param price of the last tick, same unit
 * @param makeCost paid for new pages
 * @param makeUnpaid what the wallet could not pay for new pages
 */
public record MarketTotals(
        double bid,
        double price,
        double balance,
        double rentPaid,
        double makeCost,
        double makeUnpaid,
        double dividends,
        long displacements,
        long restores) {
    public static final MarketTotals NONE = new MarketTotals(0, 0, 0, 0, 0, 0, 0, 0, 0);

    /** Add what the process did on another model. */
    public MarketTotals plus(MarketTotals other) {
        return new MarketTotals(
                Math.max(bid, other.bid),
                Math.max(price, other.price),
                balance + other.balance,
                rentPaid + other.rentPaid,
                makeCost + other.makeCost,
                makeUnpaid + other.makeUnpaid,
                dividends + other.dividends,
                displacements + other.displacements,
                restores + other.restores);
    }
}
