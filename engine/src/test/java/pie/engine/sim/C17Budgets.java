package pie.engine.sim;

import java.util.HashMap;
import java.util.Map;
import pie.engine.kv.KvContext;
import pie.engine.kv.PagePool;
import pie.engine.process.ProcessId;
import pie.engine.process.ProcessTotals;

/**
 * No budget is overdrawn: tokens not by what was used, nor with what is reserved, nor by the programs' own count; pages never; pages
 * over time by what is held during one step at most, by an account of the checker's own.
 */
final class C17Budgets implements Checker {
    private final Map<ProcessId, Double> held = new HashMap<>();
    private final Map<ProcessId, Double> overdue = new HashMap<>();
    private final Map<ProcessId, Double> pages = new HashMap<>();
    private long before;

    @Override
    public void afterTurn(EngineSim sim) {
        long now = sim.clock().getAsLong();
        time(sim, (now - before) / 1e9);
        before = now;
        for (Actor actor : sim.actors()) {
            long reserved = sim.engine().tokensReserved(actor.id);
            require(
                    reserved == 0 || (reserved > 0 && sim.engine().working(actor.id)),
                    actor + " has " + reserved + " tokens reserved for nothing");
            ProcessTotals totals =
                    actor.limits.tokens().isPresent() ? sim.engine().totals(actor.id) : null;
            if (totals != null) {
                long limit = actor.limits.tokens().getAsLong();
                long used = totals.tokensIn() + totals.tokensOut();
                require(
                        used + reserved <= limit,
                        actor + " used " + used + " tokens and reserved " + reserved + " of " + limit);
                require(used >= 0, actor + " used " + used + " tokens");
                require(actor.given <= limit, actor + " was given " + actor.given + " tokens of " + limit);
            }
            if (actor.limits.pages().isPresent()) {
                int counted = sim.engine().countedPages(actor.id);
                require(
                        counted <= actor.limits.pages().getAsInt(),
                        actor + " has " + counted + " pages of "
                                + actor.limits.pages().getAsInt());
            }
        }
    }

    /** Add up what processes held since the last turn: it may go on for one step after it was too much. */
    private void time(EngineSim sim, double seconds) {
        pages.forEach((id, n) -> held.merge(id, n * seconds, Double::sum));
        for (Actor actor : sim.actors()) {
            double limit = actor.limits.pageSeconds().orElse(Double.MAX_VALUE);
            if (held.getOrDefault(actor.id, 0.0) > limit && pages.getOrDefault(actor.id, 0.0) > 0) {
                double over = overdue.merge(actor.id, seconds, Double::sum);
                // The engine looks at least every 100 ms, and two steps may hold pages still.
                double most = 0.2 + 3 * sim.longestStep() / 1e9;
                // A step that hangs is cancelled after a while, and given up after another.
                most += sim.scenario().faultRate() > 0 || sim.scenario().cost().slow() > 0
                        ? 2 * sim.timeout() / 1e9
                        : 0;
                require(
                        over <= most,
                        actor + " holds pages for " + over + " s after its page-seconds were spent: "
                                + held.get(actor.id) + " by the checker's account, "
                                + sim.engine().pageSeconds(actor.id) + " by the engine's");
            }
        }
        pages.clear();
        PagePool pool = sim.engine().store().pool();
        for (KvContext kv : sim.engine().contexts()) {
            double effective = 0;
            for (int page = 0; page < kv.resident(); page++) {
                effective += kv.slot(page) == KvContext.DROPPED ? 0 : 1.0 / pool.refs(kv.slot(page));
            }
            pages.merge(sim.engine().process(kv), effective, Double::sum);
        }
    }
}
