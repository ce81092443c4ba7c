package pie.engine.sim;

import pie.engine.driver.ForwardBatch;
import pie.engine.market.Market;

/** Check one invariant of a running simulation; throws a {@link Breach}. */
interface Checker {
    /** A step is on its way to the device. */
    default void submitted(EngineSim sim, ForwardBatch batch) {}

    /** An auction was decided, and nothing has been carried out yet. */
    default void auctioned(EngineSim sim, Market market) {}

    default void afterTurn(EngineSim sim) {}

    /** All programs have ended. */
    default void atEnd(EngineSim sim) {}

    /** Throw unless something holds. */
    default void require(boolean holds, String message) {
        if (!holds) {
            String name = getClass().getSimpleName();
            int end = 1;
            while (end < name.length() && Character.isDigit(name.charAt(end))) {
                end++;
            }
            throw new Breach(name.substring(0, end), message);
        }
    }
}
