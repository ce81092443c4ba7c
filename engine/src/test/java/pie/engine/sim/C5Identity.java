package pie.engine.sim;

import java.util.HashMap;
import java.util.Map;
import pie.engine.kv.KvContext;

/**
 * An immutable page, computed here or taken from others by its key, holds what the lineage of each context that names it gives: so
 * equal keys mean equal lineage.
 */
final class C5Identity implements Checker {
    private final Map<Long, long[]> seen = new HashMap<>();

    @Override
    public void afterTurn(EngineSim sim) {
        for (KvContext kv : sim.engine().contexts()) {
            if (kv.restricted()) {
                restricted(sim, kv);
                continue;
            }
            long[] before = seen.getOrDefault(kv.id().value(), new long[0]);
            long[] now = new long[kv.sealed()];
            for (int page = 0; page < now.length; page++) {
                now[page] = place(kv, page, sim.pageSize());
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

    /** Look at pages whose rows did not see all before them, once each: what is in them afterwards {@link C6Lengths} watches. */
    private void restricted(EngineSim sim, KvContext kv) {
        int size = sim.pageSize();
        int sealed = 0;
        while (sealed < kv.resident() && (sealed + 1) * size <= Math.min(kv.computed(), kv.committedPages() * size)) {
            sealed++;
        }
        long[] before = seen.getOrDefault(kv.id().value(), new long[0]);
        long[] now = new long[sealed];
        long[] words = null;
        for (int page = 0; page < sealed; page++) {
            if (kv.slot(page) == KvContext.DROPPED) {
                continue;
            }
            now[page] = place(kv, page, size);
            if (page < before.length && before[page] == now[page]) {
                continue;
            }
            words = words == null ? Content.words(kv, sealed * size) : words;
            for (int row = page * size; row < (page + 1) * size; row++) {
                require(
                        sim.device().word(kv.slot(page), row % size) == words[row],
                        "page " + page + " of context " + kv.id().value() + " in slot " + kv.slot(page)
                                + " does not hold row " + row + " as it saw the others");
            }
        }
        seen.put(kv.id().value(), now);
    }

    /** Return a number for what a page must hold and where: what was right once is not looked at again. */
    private static long place(KvContext kv, int page, int size) {
        long sum = kv.slot(page);
        for (int row = page * size; row < (page + 1) * size; row++) {
            long adapter = kv.adapter(row).map(one -> one.id().low()).orElse(0L);
            sum = 0x100000001b3L * (sum ^ adapter ^ ((long) kv.token(row) << 32 | kv.position(row)));
        }
        return sum;
    }
}
