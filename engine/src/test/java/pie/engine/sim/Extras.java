package pie.engine.sim;

import java.util.Random;

/**
 * Say what else a simulation has; the seeds of before have none of it, so that they go on to happen as they did.
 *
 * @param hostPages pages of host memory beside the device
 * @param snapshots whether programs save contexts and open them again
 * @param diskFaults share of the moments at which something breaks on the disk
 * @param crashAt operation of the disk at which the machine stops, 0 for never
 * @param grammars whether programs hold generations to grammars
 * @param budgets whether programs have budgets of pages
 * @param maskNanos longest time that a mask takes
 * @param returns whether a lost device comes back
 * @param copyFaults share of copies of pages, and of loads of adapters, that go wrong, beside other faults
 * @param adapters that the driver holds at once, 0 if programs use none
 */
record Extras(
        int hostPages,
        boolean snapshots,
        double diskFaults,
        long crashAt,
        boolean grammars,
        boolean budgets,
        long maskNanos,
        boolean returns,
        double copyFaults,
        int adapters) {
    static final Extras NONE = new Extras(0, false, 0, 0, false, false, 0, false, 0, 0);

    static Extras of(long seed, int pages) {
        Random random = new Random(seed * 0x9e3779b97f4a7c15L + 3);
        int host = random.nextInt(3) == 0 ? 0 : 1 + random.nextInt(2 * pages);
        boolean snapshots = random.nextInt(3) > 0;
        boolean breaks = random.nextInt(4) == 0;
        boolean crash = random.nextInt(5) == 0;
        Random saved = new Random(seed * 0x9e3779b97f4a7c15L + 5);
        int adaptersSaved = saved.nextInt(3) > 0 ? 0 : 1 + saved.nextInt(4);
        return new Extras(
                host,
                snapshots,
                breaks ? 0.02 : 0,
                crash ? 1 + random.nextInt(400) : 0,
                random.nextBoolean(),
                random.nextInt(3) == 0,
                random.nextBoolean() ? 0 : random.nextInt(3_000_000),
                random.nextInt(4) > 0,
                random.nextInt(4) > 0 ? 0 : 0.3,
                snapshots ? adaptersSaved : random.nextInt(3) == 0 ? 0 : 1 + random.nextInt(4));
    }

    /** Return the same for a program alone: nothing is short, late or broken. */
    Extras alone() {
        return new Extras(0, snapshots, 0, 0, grammars, budgets, 0, false, 0, Math.min(adapters, 1) * 8);
    }
}
