package pie.engine.sim;

import pie.engine.EngineStats;

/** Queues keep their bounds, and the loop knows no more contexts and processes than live. */
final class C19Bounds implements Checker {
    @Override
    public void afterTurn(EngineSim sim) {
        EngineStats stats = sim.engine().stats();
        require(
                stats.queueDepth() <= sim.scenario().config().commandQueue(),
                "the queue holds " + stats.queueDepth() + " commands");
        require(
                stats.contexts() == sim.engine().contexts().size(),
                "the loop and the store count contexts differently");
        require(stats.processes() <= sim.actors().size(), stats.processes() + " processes are open");
        require(
                sim.witness().running() <= sim.scenario().config().pipelineDepth(),
                sim.witness().running() + " steps are with the device");
    }
}
