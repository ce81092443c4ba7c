package pie.engine.market;

import java.util.List;
import java.util.Map;

/**
 * Say why a process waits, or runs slowly. Credits, bids and prices as people read them.
 *
 * @param balance credits in the wallet
 * @param dividend credits that the last tick paid
 * @param price of the last tick, credits a page and tick
 * @param missed how many steps its contexts missed while they had work, by reason
 * @param misses the last of them, oldest first
 * @param events what the market did to its contexts, oldest first
 */
public record Explanation(
        double balance,
        double dividend,
        double price,
        List<ContextState> contexts,
        Map<Missed, Long> missed,
        List<MarketLog.Miss> misses,
        List<MarketEvent> events) {
    /**
     * Show one context in the market.
     *
     * @param waitedNanos since it has work that no step has taken, or a step lacks its mask; 0 if it does not wait
     * @param boundNanos the longest it can wait in all, by the rule of ageing; 0 if it does not wait, or for a mask
     * @param rank place in the order of the last tick, from 1; 0 if it was not in it
     * @param ranked contexts in that order
     * @param bid before what the wallet allows
     * @param rent credits of the last tick
     * @param held slots that it names
     * @param effective the same with shared slots split
     * @param demanded slots that it holds and lacks
     * @param excluded whether it waits because its pages were not granted
     * @param masked whether it waits because the mask of its next token is being built
     */
    public record ContextState(
            long context,
            State state,
            long waitedNanos,
            long boundNanos,
            int rank,
            int ranked,
            double bid,
            double effectiveBid,
            double rent,
            int held,
            double effective,
            int demanded,
            boolean excluded,
            boolean masked,
            boolean aged,
            boolean idle,
            long displacements,
            long restores) {}

    /** Name where a context's pages are, and whether it runs. */
    public enum State {
        /** It holds no slots. */
        SUSPENDED,
        /** It holds slots and computes again what it lost. */
        RESTORING,
        /** It holds its slots. */
        RESIDENT,
        /** Rows of it are with the device. */
        RUNNING
    }
}
