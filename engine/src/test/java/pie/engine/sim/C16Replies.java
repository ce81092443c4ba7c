package pie.engine.sim;

/** Every call has its reply; that there is one only, and that tokens come once and in order, the programs watch themselves. */
final class C16Replies implements Checker {
    @Override
    public void atEnd(EngineSim sim) {
        for (Actor actor : sim.actors()) {
            require(actor.pending == null || actor.end != Actor.End.DONE, actor + " still waits for a reply");
            require(actor.end != null, actor + " has ended and does not know how");
        }
    }
}
