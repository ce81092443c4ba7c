package pie.engine.sim;

import org.jspecify.annotations.Nullable;
import pie.engine.kv.KvContext;
import pie.engine.kv.PagePool;

/** Lengths of a context fit together, and no immutable page ever changes. */
final class C6Lengths implements Checker {
    /** Words of immutable pages as they were first seen. */
    private long @Nullable [][] kept = {};

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
        if (kept.length == 0) {
            kept = new long[pool.total()][];
        }
        int size = sim.pageSize();
        for (int slot = 0; slot < kept.length; slot++) {
            byte state = pool.state(slot);
            long[] before = kept[slot];
            if (state != PagePool.COMMITTED && state != PagePool.RETAINED) {
                kept[slot] = null;
            } else if (before == null) {
                long[] words = new long[size];
                for (int i = 0; i < size; i++) {
                    words[i] = sim.device().word(slot, i);
                }
                kept[slot] = words;
            } else {
                int changed = sim.device().mismatch(slot, before);
                require(changed < 0, "committed slot " + slot + " changed at " + changed);
            }
        }
    }
}
