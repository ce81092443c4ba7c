package pie.engine.sim;

import java.util.Arrays;
import pie.engine.kv.KvContext;
import pie.engine.kv.PagePool;

/** References of a slot are the contexts that name it; a free slot has none, and no pins. */
final class C2References implements Checker {
    private int[] named = {};
    /** The context that was last seen to name a slot, by its place in this turn. */
    private int[] by = {};

    @Override
    public void afterTurn(EngineSim sim) {
        PagePool pool = sim.engine().store().pool();
        if (named.length == 0) {
            named = new int[pool.total()];
            by = new int[pool.total()];
        }
        Arrays.fill(named, 0);
        Arrays.fill(by, 0);
        int place = 0;
        for (KvContext kv : sim.engine().contexts()) {
            place++;
            for (int page = 0; page < kv.resident(); page++) {
                int slot = kv.slot(page);
                if (slot != KvContext.DROPPED) {
                    named[slot]++;
                    require(by[slot] != place, kv, slot);
                    by[slot] = place;
                }
            }
        }
        for (int slot = 0; slot < pool.total(); slot++) {
            if (pool.refs(slot) != named[slot]) {
                require(false, "slot " + slot + " has " + pool.refs(slot) + " references, named by " + named[slot]);
            }
            byte state = pool.state(slot);
            boolean idle = state == PagePool.FREE || state == PagePool.RETAINED;
            if (idle && (pool.refs(slot) > 0 || pool.pins(slot) > 0)) {
                require(false, "slot " + slot + " is idle, refs " + pool.refs(slot) + ", pins " + pool.pins(slot));
            }
        }
    }

    private void require(boolean once, KvContext kv, int slot) {
        if (!once) {
            require(false, "context " + kv.id().value() + " names slot " + slot + " twice");
        }
    }
}
