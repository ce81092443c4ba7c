package pie.engine.sim;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import pie.engine.ContextHandle;
import pie.engine.SimulatedEngine;
import pie.engine.driver.Driver;
import pie.engine.driver.DriverConfig;
import pie.engine.driver.FaultPlan;
import pie.engine.driver.FaultyDriver;
import pie.engine.driver.FaultyDriver.Fault;
import pie.engine.driver.ForwardBatch;
import pie.engine.dummy.HashDriver;
import pie.engine.process.ProcessId;
import pie.engine.snapshot.SnapshotArchive;
import pie.engine.snapshot.SnapshotStore;
import pie.engine.testing.SimDisk;
import pie.engine.testing.TinyModel;

/** Run one scenario to its end on virtual time. What happens is a function of the scenario and the programs alone. */
final class EngineSim {
    private static final long LONGEST_NANOS = 900_000_000_000L;
    private static final int MOST_TURNS = 60_000;

    private final Scenario scenario;
    private final VirtualClock clock;
    private final Random random;
    /** Decides what came to simulations later. */
    private final Random later;

    private final SimDisk disk;
    private final long crashAt;
    private final SnapshotBook book = new SnapshotBook();
    private final Map<Long, Constrained> constrained = new HashMap<>();
    private boolean suspending;
    private final Journal journal;
    private SimDriver device;
    private final Witness witness;
    private final SimulatedEngine engine;
    private final List<Checker> checkers;
    private final List<Actor> actors = new ArrayList<>();
    private final List<String> owners = new ArrayList<>();
    private long turn;
    private @Nullable Breach failure;
    private boolean stopped;

    EngineSim(Scenario scenario, boolean keepJournal, List<Checker> checkers) {
        this(scenario, keepJournal, checkers, new VirtualClock());
    }

    private EngineSim(Scenario scenario, boolean keepJournal, List<Checker> checkers, VirtualClock clock) {
        this(scenario, keepJournal, checkers, clock, new SimDisk(clock.instants(), scenario.seed()));
    }

    /** @param given disk with the snapshots of an earlier run */
    EngineSim(Scenario scenario, boolean keepJournal, List<Checker> checkers, VirtualClock clock, SimDisk given) {
        this.clock = clock;
        later = new Random(scenario.seed() * 31 + 8);
        this.scenario = scenario;
        this.checkers = checkers;
        random = new Random(scenario.seed() * 31 + 7);
        journal = new Journal(keepJournal);
        device = device(scenario.seed());
        witness = new Witness(faulty(device, scenario.seed()), this::submitted, journal, clock);
        disk = given;
        Extras extras = scenario.extras();
        crashAt = extras.crashAt();
        if (crashAt > 0) {
            disk.breakAt(disk.operations() + crashAt, SimDisk.Fault.CRASH);
        }
        SnapshotArchive archive = new SnapshotArchive(disk, clock.instants(), Long.MAX_VALUE, Long.MAX_VALUE);
        SnapshotStore store = new SnapshotStore(archive, Optional.empty(), this::onDisk);
        engine = new SimulatedEngine(
                TinyModel.loaded(),
                witness,
                scenario.config(),
                clock,
                scenario.seed(),
                extras.snapshots() ? Optional.of(store) : Optional.empty(),
                this::buildMask);
        if (extras.returns()) {
            engine.onLoss(() -> clock.after(1_000_000 + later.nextInt(200_000_000), this::comeBack));
        }
        engine.audit(market -> {
            for (Checker checker : checkers) {
                checker.auctioned(this, market);
            }
        });
    }

    private SimDriver device(long seed) {
        DriverConfig config = new DriverConfig(
                "auto",
                scenario.pageSize(),
                scenario.pages(),
                0,
                scenario.batchTokens(),
                scenario.batchSize(),
                Map.of("adapters", String.valueOf(scenario.extras().adapters())));
        return new SimDriver(
                HashDriver.inline(config, Scenario.VOCAB, Scenario.CONTEXT, 1), clock, scenario.cost(), seed);
    }

    private Driver faulty(SimDriver sound, long seed) {
        Driver faulty = new FaultyDriver(
                sound, seed, scenario.faultRate(), scenario.faults().toArray(new Fault[0]));
        double copies = scenario.extras().copyFaults();
        return copies == 0 ? faulty : new FaultyDriver(faulty, FaultPlan.parse("seed=" + seed + ",copy=" + copies));
    }

    /** The lost device is closed, which ends all that it was asked for, and there is another. */
    private void comeBack() {
        long seed = later.nextLong();
        device = device(seed);
        witness.replace(faulty(device, seed));
        engine.serve(witness);
    }

    private void onDisk(Runnable job) {
        clock.after(20_000 + later.nextInt(2_000_000), () -> {
            if (scenario.extras().diskFaults() > 0
                    && crashAt == 0
                    && later.nextDouble() < scenario.extras().diskFaults()) {
                SimDisk.Fault[] faults = {
                    SimDisk.Fault.FULL, SimDisk.Fault.SHORT, SimDisk.Fault.SYNC, SimDisk.Fault.TORN, SimDisk.Fault.READ
                };
                disk.breakAt(disk.operations() + later.nextInt(6), faults[later.nextInt(faults.length)]);
            }
            job.run();
        });
    }

    private void buildMask(Runnable job) {
        long most = scenario.extras().maskNanos();
        if (most == 0) {
            job.run();
        } else {
            clock.after(later.nextLong(most), job);
        }
    }

    private void submitted(ForwardBatch batch) {
        for (Checker checker : checkers) {
            checker.submitted(this, batch);
        }
    }

    long longestStep() {
        return Math.max(engine.longestStep(), scenario.cost().step());
    }

    /** Return how long a step may take before it is given up. */
    long timeout() {
        return scenario.config().stepTimeout().toNanos();
    }

    /** Let an actor arrive after a while. */
    void add(Actor actor, long afterNanos) {
        actors.add(actor);
        if (!owners.contains(actor.owner)) {
            owners.add(actor.owner);
        }
        clock.after(afterNanos, actor::begin);
    }

    /** Take the pages of every context after every turn. */
    void suspendAlways() {
        suspending = true;
    }

    /** Run until all actors have ended and nothing is left, or the machine stops, and check what must be so then. */
    void run() {
        try {
            runToTheEnd();
        } catch (SimDisk.Crash e) {
            stopped = true;
            return;
        }
        for (Checker checker : checkers) {
            checker.atEnd(this);
        }
    }

    /** Say whether the machine stopped before the end. */
    boolean stopped() {
        return stopped;
    }

    private void runToTheEnd() {
        long timer = clock.getAsLong();
        while (!over()) {
            long next = Math.min(timer, clock.next());
            if (next == Long.MAX_VALUE) {
                throw new Breach("C7", "nothing will ever happen again and " + waiting());
            }
            clock.advance(next);
            int most = 1 + random.nextInt(4);
            for (int i = 0; i < most && clock.runDue(); i++) {
                if (failure != null) {
                    throw failure;
                }
            }
            timer = turn();
            if (turn > MOST_TURNS || clock.getAsLong() > LONGEST_NANOS) {
                throw new Breach("C7", "no end in sight: " + waiting());
            }
        }
    }

    private long turn() {
        turn++;
        witness.turn();
        long timer = engine.turn(clock.getAsLong());
        if (failure != null) {
            throw failure;
        }
        if (suspending) {
            engine.displaceAll();
        }
        for (Checker checker : checkers) {
            checker.afterTurn(this);
        }
        return timer;
    }

    private boolean over() {
        for (Actor actor : actors) {
            if (!actor.ended) {
                return false;
            }
        }
        return witness.flights.isEmpty() && clock.next() == Long.MAX_VALUE && engine.quiet();
    }

    private String waiting() {
        StringBuilder text = new StringBuilder();
        for (Actor actor : actors) {
            if (!actor.ended) {
                text.append(actor).append(actor.pending == null ? " does nothing, " : " waits, ");
            }
        }
        return text.append("work ")
                .append(engine.hasWork())
                .append(", with the device ")
                .append(witness.flights.size())
                .toString();
    }

    // What actors ask for.

    SimulatedEngine engine() {
        return engine;
    }

    VirtualClock clock() {
        return clock;
    }

    int pageSize() {
        return scenario.pageSize();
    }

    /** Return how long a program thinks. */
    long think() {
        return scenario.thinkNanos() == 0 ? 0 : random.nextLong(scenario.thinkNanos());
    }

    /** Return a moment's length, from nothing to a few dozen steps. */
    long moment() {
        return random.nextLong(1 + random.nextLong(30 * scenario.cost().step()));
    }

    void note(Actor actor, String what) {
        if (journal.kept()) {
            journal.add(clock.getAsLong(), actor + " " + what);
        }
    }

    /** Note a breach found where throwing would disturb what it was found in. */
    void fail(Breach breach) {
        failure = failure == null ? breach : failure;
    }

    /** Hold a failure of the device, told to an actor, against what the device did. */
    void blame(Actor actor) {
        if (witness.lost) { // its contexts may be gone with the device
            return;
        }
        for (long context : contextsOf(actor.id)) {
            if (witness.faulted.contains(context)) {
                return;
            }
        }
        if (witness.failedLoads > 0) {
            witness.failedLoads--;
            return;
        }
        fail(new Breach("C20", actor + " was hit by a fault of a step that it had no part in"));
    }

    private List<Long> contextsOf(ProcessId process) {
        List<Long> ids = new ArrayList<>();
        for (var kv : engine.contexts()) {
            if (engine.process(kv).equals(process)) {
                ids.add(kv.id().value());
            }
        }
        return ids;
    }

    /** Keep what programs know of their snapshots. */
    SnapshotBook book() {
        return book;
    }

    /** Note that a context's generation is held to a grammar, from its present length on. */
    void constrain(ContextHandle context, Constrained by) {
        constrained.put(context.id().value(), by);
    }

    void unconstrain(ContextHandle context) {
        constrained.remove(context.id().value());
    }

    // What checkers look at.

    Map<Long, Constrained> constrained() {
        return constrained;
    }

    SimDisk disk() {
        return disk;
    }

    Scenario scenario() {
        return scenario;
    }

    Witness witness() {
        return witness;
    }

    SimDriver device() {
        return device;
    }

    List<Actor> actors() {
        return actors;
    }

    List<String> owners() {
        return owners;
    }

    long turns() {
        return turn;
    }

    Journal journal() {
        return journal;
    }

    void close() {
        engine.end();
    }
}
