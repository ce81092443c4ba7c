package pie.engine.sim;

/** The device does not stand idle while there is work for it, beyond the moment in which more is expected. */
final class C8Idle implements Checker {
    /** One millisecond for a fuller step, two until a holder that may soon go on can lose its pages, as long again for what it does. */
    private static final long BOUND = 6_000_000;
    /** As long, before that, may holders without work keep their pages, if making them again takes that long. */
    private static final long PATIENCE = 100_000_000;

    private long since = Long.MAX_VALUE;
    private boolean holders;
    private long spared;
    private long asked;

    @Override
    public void afterTurn(EngineSim sim) {
        long now = sim.clock().getAsLong();
        boolean sparing = holders; // since the turn before
        holders = sim.engine().idleHolders();
        boolean refused = sim.witness().steps + sim.witness().loads > asked; // by the device, at once
        asked = sim.witness().steps + sim.witness().loads;
        if (refused || !sim.engine().hasWork() || !sim.witness().flights.isEmpty() || sim.witness().lost) {
            since = Long.MAX_VALUE;
            return;
        }
        since = Math.min(since, now);
        spared = sparing ? now : Math.max(since, spared);
        long bound = BOUND + Math.min(PATIENCE, spared - since);
        require(now - since <= bound, "the device has been idle for " + (now - since) / 1000 + " us and there is work");
    }
}
