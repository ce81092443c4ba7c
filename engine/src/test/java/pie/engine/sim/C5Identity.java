package pie.engine.sim;

import java.util.HashMap;
import java.util.Map;
import pie.engine.kv.KvContext;

/**
 * An immutable page, computed here or taken from others by its key, holds what the lineage of each context that names it gives: so
 * equal keys mean equal lineage.
 */
final class C5Identity implements Checker {
    private final Map<Long, int[]> seen = new HashMap<>();

    @Override
    public void afterTurn(EngineSim sim) {
        for (KvContext kv : sim.engine().contexts()) {
            int[] before = seen.getOrDefault(kv.id().value(), new int[0]);
            int[] now = new int[kv.restricted() ? 0 : kv.sealed()];
            for (int page = 0; page < now.length; page++) {
                now[page] = kv.slot(page);
                if (page < before.length && before[page] == now[page]) {
                    continue;
                }
                int wrong = Content.wrong(sim.device(), kv, page, sim.pageSize());
                require(
                        wrong < 0,
                        "page " + page + " of context " + kv.id().value() + " in slot " + kv.slot(page)
                                + " does not hold row " + wrong);
            }
            seen.put(kv.id().value(), now);
        }
    }
}
