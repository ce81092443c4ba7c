package pie.engine.sim;

import java.util.HashSet;
import java.util.Set;
import pie.engine.kv.KvContext;
import pie.engine.kv.PagePool;

/** References of a slot are the contexts that name it; a free slot has none, and no pins. */
final class C2References implements Checker {
    @Override
    public void afterTurn(EngineSim sim) {
        PagePool pool = sim.engine().store().pool();
        int[] named = new int[pool.total()];
        for (KvContext kv : sim.engine().contexts()) {
            Set<Integer> own = new HashSet<>();
            for (int page = 0; page < kv.resident(); page++) {
                if (kv.slot(page) == KvContext.DROPPED) {
                    continue;
                }
                named[kv.slot(page)]++;
                require(
                        own.add(kv.slot(page)),
                        "context " + kv.id().value() + " names slot " + kv.slot(page) + " twice");
            }
        }
        for (int slot = 0; slot < pool.total(); slot++) {
            require(
                    pool.refs(slot) == named[slot],
                    "slot " + slot + " has " + pool.refs(slot) + " references and is named by " + named[slot]);
            byte state = pool.state(slot);
            boolean idle = state == PagePool.FREE || state == PagePool.RETAINED;
            require(
                    !idle || (pool.refs(slot) == 0 && pool.pins(slot) == 0),
                    "slot " + slot + " is idle with " + pool.refs(slot) + " references and " + pool.pins(slot)
                            + " pins");
        }
    }
}
