package pie.engine.sim;

import java.util.Arrays;
import pie.engine.kv.KvContext;
import pie.engine.kv.PagePool;

/** Pins are the submitted steps and copies that name a slot; what a step may still write belongs to nobody else. */
final class C3Pins implements Checker {
    private static final long NOBODY = -1;

    private int[] pins = {};
    /** The context for which a slot is written. */
    private long[] writer = {};

    @Override
    public void afterTurn(EngineSim sim) {
        if (!sim.engine().quiet()) {
            return;
        }
        PagePool pool = sim.engine().store().pool();
        if (pins.length == 0) {
            pins = new int[pool.total()];
            writer = new long[pool.total()];
        }
        Arrays.fill(pins, 0);
        Arrays.fill(writer, NOBODY);
        for (Witness.Flight flight : sim.witness().flights) {
            for (int slot : flight.slots()) {
                pins[slot]++;
            }
            for (Witness.Write write : flight.writes()) {
                writer[write.slot()] = write.context();
            }
        }
        for (int slot = 0; slot < pins.length; slot++) {
            if (pool.pins(slot) != pins[slot]) {
                require(
                        false,
                        "slot " + slot + " has " + pool.pins(slot) + " pins and is named by " + pins[slot]
                                + " steps and copies");
            }
            boolean kept = pool.state(slot) == PagePool.WORKING || pool.state(slot) == PagePool.COMMITTED;
            if (pins[slot] > 0 && !kept) {
                require(false, "slot " + slot + " was given up under a step that names it");
            }
        }
        for (KvContext kv : sim.engine().contexts()) {
            long id = kv.id().value();
            for (int page = 0; page < kv.resident(); page++) {
                int slot = kv.slot(page);
                if (slot != KvContext.DROPPED && writer[slot] != NOBODY && writer[slot] != id) {
                    require(false, "slot " + slot + " is written for context " + writer[slot] + " and held by " + id);
                }
            }
        }
    }
}
