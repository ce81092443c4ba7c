package pie.engine.sim;

import java.util.HashMap;
import java.util.Map;

/** The shares of the device's time that processes are told of add up to it, to 1 %. */
final class C15Shares implements Checker {
    private final Map<Actor, Long> shares = new HashMap<>();
    private long device;

    @Override
    public void afterTurn(EngineSim sim) {
        long now = sim.engine().stats().driverNanos();
        long sum = 0;
        boolean gone = false;
        for (Actor actor : sim.actors()) {
            long share = sim.engine().driverNanos(actor.id);
            long before = shares.getOrDefault(actor, 0L);
            gone |= share < before || (share == 0 && actor.end != null);
            sum += Math.max(0, share - before);
            shares.put(actor, share);
        }
        long passed = now - device;
        device = now;
        require(sum <= passed, "processes were told of " + sum + " ns of a device that worked " + passed);
        require(gone || sum >= passed - passed / 100 - 64, "processes were told of " + sum + " of " + passed + " ns");
    }
}
