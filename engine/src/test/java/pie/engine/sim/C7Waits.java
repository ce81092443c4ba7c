package pie.engine.sim;

import java.util.HashMap;
import java.util.Map;
import pie.engine.kv.KvContext;

/**
 * No context waits longer than the rule of ageing allows: a bound from the longest step and the contexts that live, worked out anew.
 * A context waits while it wants rows and comes no further than it ever was.
 */
final class C7Waits implements Checker {
    private static final long AGING = 2_000_000_000L;
    private static final int QUANTUM = 64;

    private static final class Wait {
        long since;
        int reached;
        int contexts;
    }

    private final Map<Long, Wait> waits = new HashMap<>();

    @Override
    public void afterTurn(EngineSim sim) {
        long now = sim.clock().getAsLong();
        int live = sim.engine().contexts().size();
        int largest = 0;
        for (KvContext kv : sim.engine().contexts()) {
            largest = Math.max(largest, sim.engine().target(kv));
        }
        Map<Long, Wait> seen = new HashMap<>();
        for (KvContext kv : sim.engine().contexts()) {
            if (sim.engine().target(kv) < 0) {
                continue;
            }
            Wait wait = waits.getOrDefault(kv.id().value(), new Wait());
            if (wait.since == 0 || kv.computed() > wait.reached) {
                wait.since = now;
                wait.reached = kv.computed();
                wait.contexts = 0;
            }
            wait.contexts = Math.max(wait.contexts, live);
            seen.put(kv.id().value(), wait);
            long step = sim.longestStep();
            long back = 4 + largest / sim.witness().capabilities().pageSize();
            long bound = AGING + ((wait.contexts - 1) * (QUANTUM + back) + back) * step;
            // Steps that fail bring nobody further, and one that hangs has not failed yet.
            bound += sim.witness().faults * (step + sim.timeout())
                    + sim.witness().oldest();
            require(
                    now - wait.since <= bound,
                    "context " + kv.id().value() + " has come no further for " + (now - wait.since) / 1_000_000
                            + " ms; " + bound / 1_000_000 + " ms is the bound with " + wait.contexts + " contexts");
        }
        waits.clear();
        waits.putAll(seen);
    }
}
