package pie.engine.market;

import java.time.Duration;
import pie.engine.PieException;

/**
 * Set the rules of a market.
 *
 * @param endowmentPages credits of an owner of weight 1: new pages that they pay for
 * @param refillPeriod how often credits burnt by make cost are issued again
 * @param refillCap most endowments that a refill fills an owner's wallets up to
 * @param residency ticks over which a holder's advantage spreads the cost of making a page again
 * @param makeAgainPpm that cost, in millionths of a page's make cost; 1,000,000 where displaced pages are computed again
 * @param aging how long a context waits before it goes ahead of all bids
 * @param agingQuantum steps it then runs ahead of them
 * @param agingSharePpm share of a device that aged contexts get together, in millionths
 * @param hardCredits whether a pass fails when its process cannot pay for new pages
 * @param purseTtl how long the credits of an owner without processes are kept
 */
public record MarketConfig(
        int endowmentPages,
        Duration refillPeriod,
        int refillCap,
        int residency,
        int makeAgainPpm,
        Duration aging,
        int agingQuantum,
        int agingSharePpm,
        boolean hardCredits,
        Duration purseTtl) {
    public static final MarketConfig DEFAULT = new MarketConfig(
            64,
            Duration.ofMillis(250),
            4,
            64,
            200_000,
            Duration.ofSeconds(2),
            64,
            100_000,
            false,
            Duration.ofMinutes(10));

    /** @throws PieException INVALID_ARGUMENT naming the value that is out of range */
    public MarketConfig {
        check("market.default_endowment_pages", endowmentPages, 1, 1_000_000);
        check("market.refill_cap", refillCap, 1, 1_000);
        check("market.residency", residency, 1, 1_000_000);
        check("market.aging_quantum", agingQuantum, 1, 1_000_000);
        check("market.aging_share", agingSharePpm, 0, 1_000_000);
        check("the cost of making a page again", makeAgainPpm, 0, 1_000_000);
        positive("market.refill_period", refillPeriod);
        positive("market.aging", aging);
        positive("market.purse_ttl", purseTtl);
    }

    private static void check(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw PieException.invalid(name + " is " + value + ": it must be from " + least + " to " + most);
        }
    }

    private static void positive(String name, Duration value) {
        if (!value.isPositive()) {
            throw PieException.invalid(name + " is " + value + ": it must be positive");
        }
    }

    /** Return the advantage of a holder in the order of bids. */
    long incumbency() {
        return Fixed.BID / 1_000_000 * makeAgainPpm / residency;
    }

    public MarketConfig withHardCredits(boolean on) {
        return new MarketConfig(
                endowmentPages,
                refillPeriod,
                refillCap,
                residency,
                makeAgainPpm,
                aging,
                agingQuantum,
                agingSharePpm,
                on,
                purseTtl);
    }

    public MarketConfig withAging(Duration wait) {
        return new MarketConfig(
                endowmentPages,
                refillPeriod,
                refillCap,
                residency,
                makeAgainPpm,
                wait,
                agingQuantum,
                agingSharePpm,
                hardCredits,
                purseTtl);
    }

    public MarketConfig withMakeAgainPpm(int ppm) {
        return new MarketConfig(
                endowmentPages,
                refillPeriod,
                refillCap,
                residency,
                ppm,
                aging,
                agingQuantum,
                agingSharePpm,
                hardCredits,
                purseTtl);
    }
}
