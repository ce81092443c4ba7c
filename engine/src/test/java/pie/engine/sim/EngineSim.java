package pie.engine.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import pie.engine.SimulatedEngine;
import pie.engine.driver.Driver;
import pie.engine.driver.DriverConfig;
import pie.engine.driver.FaultyDriver;
import pie.engine.driver.FaultyDriver.Fault;
import pie.engine.driver.ForwardBatch;
import pie.engine.dummy.HashDriver;
import pie.engine.process.ProcessId;
import pie.engine.testing.TinyModel;

/** Run one scenario to its end on virtual time. What happens is a function of the scenario and the programs alone. */
final class EngineSim {
    private static final long LONGEST_NANOS = 900_000_000_000L;
    private static final int MOST_TURNS = 60_000;

    private final Scenario scenario;
    private final VirtualClock clock = new VirtualClock();
    private final Random random;
    private final Journal journal;
    private final SimDriver device;
    private final Witness witness;
    private final SimulatedEngine engine;
    private final List<Checker> checkers;
    private final List<Actor> actors = new ArrayList<>();
    private long turn;
    private @Nullable Breach failure;

    EngineSim(Scenario scenario, boolean wholeJournal, List<Checker> checkers) {
        this.scenario = scenario;
        this.checkers = checkers;
        random = new Random(scenario.seed() * 31 + 7);
        journal = new Journal(wholeJournal);
        DriverConfig config = new DriverConfig(
                "auto",
                scenario.pageSize(),
                scenario.pages(),
                0,
                scenario.batchTokens(),
                scenario.batchSize(),
                java.util.Map.of());
        HashDriver pages = HashDriver.inline(config, Scenario.VOCAB, Scenario.CONTEXT, 1);
        device = new SimDriver(pages, clock, scenario.cost(), scenario.seed());
        Driver driver = new FaultyDriver(
                device, scenario.seed(), scenario.faultRate(), scenario.faults().toArray(new Fault[0]));
        witness = new Witness(driver, this::submitted, line -> journal.add(clock.getAsLong(), line));
        engine = new SimulatedEngine(TinyModel.loaded(), witness, scenario.config(), clock, scenario.seed());
    }

    private void submitted(ForwardBatch batch) {
        for (Checker checker : checkers) {
            checker.submitted(this, batch);
        }
    }

    /** Let an actor arrive after a while. */
    void add(Actor actor, long afterNanos) {
        actors.add(actor);
        clock.after(afterNanos, actor::begin);
    }

    /** Run until all actors have ended and nothing is left, and check what must be so then. */
    void run() {
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
        for (Checker checker : checkers) {
            checker.atEnd(this);
        }
    }

    private long turn() {
        turn++;
        witness.turn();
        long timer = engine.turn(clock.getAsLong());
        if (failure != null) {
            throw failure;
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
        journal.add(clock.getAsLong(), actor + " " + what);
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

    // What checkers look at.

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

    long turns() {
        return turn;
    }

    Journal journal() {
        return journal;
    }

    void close() {
        engine.end();
        device.close();
    }
}
