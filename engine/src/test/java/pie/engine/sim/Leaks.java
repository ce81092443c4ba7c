package pie.engine.sim;

import pie.engine.EngineStats;
import pie.engine.kv.PagePool;

/** With all processes ended nothing is left: no context, no pin, no page in use, no step, no work. */
final class Leaks implements Checker {
    @Override
    public void atEnd(EngineSim sim) {
        EngineStats stats = sim.engine().stats();
        PagePool pool = sim.engine().store().pool();
        if (stats.pagesFree() + stats.pagesRetained() != pool.total()
                || stats.contexts() != 0
                || stats.processes() != 0
                || stats.queueDepth() != 0
                || sim.engine().hasWork()
                || sim.engine().maskWaits() != 0
                || !sim.witness().flights.isEmpty()) {
            throw new Breach(
                    "leak audit",
                    "left are " + stats.contexts() + " contexts, " + stats.processes() + " processes, "
                            + (pool.total() - pool.free() - pool.retained()) + " pages in use, work "
                            + sim.engine().hasWork() + ", waits for masks "
                            + sim.engine().maskWaits());
        }
        sim.engine().store().clearRetained();
        if (pool.free() != pool.total()) {
            throw new Breach("leak audit", pool.free() + " of " + pool.total() + " pages are free with no cache");
        }
    }
}
