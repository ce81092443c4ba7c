package pie.engine.sim;

import java.util.HashMap;
import java.util.Map;
import pie.engine.kv.KvContext;
import pie.engine.kv.PagePool;

/** Pins are the submitted steps and copies that name a slot; what a step may still write belongs to nobody else. */
final class C3Pins implements Checker {
    @Override
    public void afterTurn(EngineSim sim) {
        if (!sim.engine().quiet()) {
            return;
        }
        PagePool pool = sim.engine().store().pool();
        int[] pins = new int[pool.total()];
        Map<Integer, Long> writer = new HashMap<>();
        for (Witness.Flight flight : sim.witness().flights) {
            for (int slot : flight.slots()) {
                pins[slot]++;
            }
            for (Witness.Write write : flight.writes()) {
                writer.put(write.slot(), write.context());
            }
        }
        for (int slot = 0; slot < pool.total(); slot++) {
            require(
                    pool.pins(slot) == pins[slot],
                    "slot " + slot + " has " + pool.pins(slot) + " pins and is named by " + pins[slot]
                            + " steps and copies");
            require(
                    pins[slot] == 0 || pool.state(slot) == PagePool.WORKING || pool.state(slot) == PagePool.COMMITTED,
                    "slot " + slot + " was given up under a step that names it");
        }
        for (KvContext kv : sim.engine().contexts()) {
            for (int page = 0; page < kv.resident(); page++) {
                Long by = writer.get(kv.slot(page));
                require(
                        by == null || by == kv.id().value(),
                        "slot " + kv.slot(page) + " is written for context " + by + " and held by "
                                + kv.id().value());
            }
        }
    }
}
