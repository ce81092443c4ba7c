package pie.engine.sim;

/** What the engine checks of itself when it idles holds too; it comes last, so that the checkers have their say first. */
final class Integrity implements Checker {
    @Override
    public void afterTurn(EngineSim sim) {
        sim.engine().store().checkIntegrity();
    }
}
