package pie.engine.sim;

import java.util.HashMap;
import java.util.Map;
import pie.engine.kv.KvContext;
import pie.engine.kv.PagePool;

/** Lengths of a context fit together, and no immutable page ever changes. */
final class C6Lengths implements Checker {
    private final Map<Integer, long[]> kept = new HashMap<>();

    @Override
    public void afterTurn(EngineSim sim) {
        int size = sim.pageSize();
        for (KvContext kv : sim.engine().contexts()) {
            long id = kv.id().value();
            require(
                    kv.computed() <= kv.written() || sim.engine().target(kv) >= 0,
                    "context " + id + " wants no rows, has written " + kv.written() + " and keeps " + kv.computed());
            require(
                    kv.committedPages() * size <= kv.written()
                            && kv.written() <= kv.length()
                            && kv.written() <= kv.pages() * size
                            && kv.computed() <= kv.resident() * size
                            && kv.resident() <= kv.pages(),
                    "context " + id + " has length " + kv.length() + " written " + kv.written() + " computed "
                            + kv.computed() + " pages " + kv.pages() + " committed " + kv.committedPages()
                            + " resident " + kv.resident());
        }
        unchanged(sim);
    }

    private void unchanged(EngineSim sim) {
        PagePool pool = sim.engine().store().pool();
        int size = sim.pageSize();
        for (int slot = 0; slot < pool.total(); slot++) {
            byte state = pool.state(slot);
            if (state != PagePool.COMMITTED && state != PagePool.RETAINED) {
                kept.remove(slot);
                continue;
            }
            long[] before = kept.get(slot);
            if (before == null) {
                before = new long[size];
                for (int i = 0; i < size; i++) {
                    before[i] = sim.device().word(slot, i);
                }
                kept.put(slot, before);
            }
            for (int i = 0; i < size; i++) {
                require(before[i] == sim.device().word(slot, i), "committed slot " + slot + " changed at " + i);
            }
        }
    }
}
