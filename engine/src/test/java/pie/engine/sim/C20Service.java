package pie.engine.sim;

/** After a fault the device serves again: no run of faults is longer than chance makes it. */
final class C20Service implements Checker {
    private static final int MOST = 40;

    private long good;
    private long faults;

    @Override
    public void afterTurn(EngineSim sim) {
        Witness witness = sim.witness();
        if (witness.good != good) {
            good = witness.good;
            faults = witness.faults;
        }
        require(witness.faults - faults < MOST, (witness.faults - faults) + " steps in a row went wrong");
    }
}
