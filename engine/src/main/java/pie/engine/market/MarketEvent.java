package pie.engine.market;

import org.jspecify.annotations.Nullable;

/**
 * Note what the market did to one context.
 *
 * @param tick number of the tick
 * @param nanos time on the engine's clock
 * @param context the context's number
 * @param by who took the slots, null for nobody
 * @param price clearing price, credits a page and tick
 * @param ownBid effective bid, same unit
 * @param otherBid effective bid of {@code by}, 0 for nobody
 * @param pages slots given or taken, or asked for in vain
 * @param toReplay rows to compute again because of it
 * @param waitedNanos how long the context had waited
 */
public record MarketEvent(
        long tick,
        long nanos,
        long context,
        Kind kind,
        Reason reason,
        @Nullable Party by,
        double price,
        double ownBid,
        double otherBid,
        int pages,
        int toReplay,
        long waitedNanos) {
    /** Name what happened. */
    public enum Kind {
        GRANTED,
        DISPLACED,
        SUSPENDED,
        RESTORED,
        EXCLUDED,
        AGED
    }

    /** Name why. */
    public enum Reason {
        /** A higher rank, by bid, advantage of holders or arrival. */
        BID,
        /** Somebody waited so long that it goes ahead of all bids. */
        AGED,
        /** A holder needed one more page. */
        GROWTH,
        /** Nobody with work would have run. */
        IDLE_DEVICE,
        /** The program asked for it. */
        VOLUNTARY
    }

    /**
     * Name the context on the other side, its process and that process's owner.
     *
     * @param process its id as on the wire
     */
    public record Party(long context, String process, String owner) {}
}
