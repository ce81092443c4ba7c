package pie.engine.sim;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Random;
import pie.engine.driver.FaultyDriver.Fault;
import pie.engine.process.Budget;
import pie.engine.process.ProcessTotals;

/** Simulate seeds: random programs in company, then each of them alone, with equal tokens (C13). */
final class Simulation {
    private Simulation() {}

    /** Say what a seed came to. */
    record Report(
            long seed,
            long turns,
            long steps,
            long faults,
            long reused,
            long recomputed,
            long overrun,
            long accepted,
            long pagesBack,
            long returns,
            long forced,
            long snapshots,
            String text) {
        static final Report NOTHING = new Report(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, "");

        /** Add up what can be added; the seed is that of the other. */
        Report plus(Report other) {
            return new Report(
                    other.seed,
                    turns + other.turns,
                    steps + other.steps,
                    faults + other.faults,
                    reused + other.reused,
                    recomputed + other.recomputed,
                    overrun + other.overrun,
                    accepted + other.accepted,
                    pagesBack + other.pagesBack,
                    returns + other.returns,
                    forced + other.forced,
                    snapshots + other.snapshots,
                    "");
        }
    }

    /** Lines of the journal that a failure shows. */
    private static final int LINES = 120;

    static List<Checker> checkers() {
        return List.of(
                new C1Slots(),
                new C2References(),
                new C3Pins(),
                new C4Writes(),
                new C5Identity(),
                new C6Lengths(),
                new C8Idle(),
                new C9Limits(),
                new C7Waits(),
                new C10Ledger(),
                new C11Prices(),
                new C12Grants(),
                new C15Shares(),
                new C18Grammars(),
                new HostSlots(),
                new C16Replies(),
                new C17Budgets(),
                new C19Bounds(),
                new C20Service(),
                new Integrity(),
                new Leaks());
    }

    /** Run one seed. @throws AssertionError naming seed, turn, checker and the command that runs it again */
    static Report run(long seed, boolean journal) {
        return run(Scenario.of(seed), journal);
    }

    static Report run(Scenario scenario, boolean journal) {
        if (journal) {
            return journaled(scenario, true, Integer.MAX_VALUE);
        }
        try {
            return journaled(scenario, false, 0);
        } catch (AssertionError e) {
            Report other = journaled(scenario, true, LINES); // fails too, and tells how it came to that
            throw new AssertionError("what fails without a journal does not with one: " + other.turns() + " turns", e);
        }
    }

    private static Report journaled(Scenario scenario, boolean journal, int shown) {
        long seed = scenario.seed();
        EngineSim sim = new EngineSim(scenario, journal, checkers());
        try {
            Random random = new Random(seed * 17 + 3);
            for (int i = 0; i < scenario.programs(); i++) {
                cast(sim, i, random, scenario);
            }
            sim.run();
            if (scenario.extras().snapshots()) {
                Crashed.check(sim, scenario);
            }
            if (!sim.stopped()) {
                compare(sim, scenario);
            }
            var stats = sim.engine().stats();
            return new Report(
                    seed,
                    sim.turns(),
                    sim.witness().steps,
                    sim.witness().faults,
                    stats.tokensReused(),
                    stats.tokensRecomputed(),
                    stats.rowsOverrun(),
                    stats.tokensAccepted(),
                    stats.host().copiedBack(),
                    sim.witness().returns,
                    stats.tokensForced(),
                    sim.book().names().size(),
                    sim.journal().text());
        } catch (RuntimeException | AssertionError e) {
            String checker = e instanceof Breach breach ? breach.checker : "the engine";
            throw new AssertionError(
                    "seed " + seed + ", turn " + sim.turns() + ", " + checker + ": " + e
                            + "\nrun it again with ./dev sim --seed=" + seed + " --depth="
                            + scenario.config().pipelineDepth()
                            + (scenario.extras().equals(Extras.NONE) ? " --plain" : "") + "\n" + scenario + "\n...\n"
                            + sim.journal().tail(shown),
                    e);
        } finally {
            sim.close();
        }
    }

    private static void cast(EngineSim sim, int number, Random random, Scenario scenario) {
        Program program = new Program(sim, number, programSeed(scenario, number), scenario);
        program.owner = "owner" + random.nextInt(3);
        if (random.nextInt(6) == 0) {
            program.bid = OptionalDouble.of(random.nextInt(4) * 0.01);
        }
        if (random.nextInt(8) == 0) {
            program.limits = new Budget(
                    OptionalLong.of(20 + new Random(program.seed).nextInt(300)), Optional.empty(), Optional.empty());
        }
        if (scenario.extras().budgets()) {
            Random purse = new Random(program.seed ^ 0xb0d6e7);
            if (purse.nextInt(3) == 0) {
                program.limits =
                        program.limits.withPages(2 + purse.nextInt(2 + 3 * scenario.longest() / scenario.pageSize()));
            }
            if (purse.nextInt(3) == 0) {
                program.limits = program.limits.withPageSeconds(0.01 + purse.nextDouble() * 2);
            }
        }
        long arrival = scenario.spreadNanos() == 0 ? 0 : random.nextLong(scenario.spreadNanos());
        boolean returns = scenario.extras().returns() && scenario.faults().contains(Fault.LOSE);
        arrival *= returns ? 20 : 1; // some find the device gone, some find it back
        sim.add(program, arrival);
        if (random.nextInt(7) == 0) {
            long death = arrival + random.nextLong(60 * scenario.cost().step());
            sim.clock().after(death, program::kill);
        }
    }

    private static long programSeed(Scenario scenario, int number) {
        return scenario.seed() * 1009 + number;
    }

    private static void compare(EngineSim sim, Scenario scenario) {
        Actor some =
                sim.actors().get(Math.floorMod(scenario.seed(), sim.actors().size()));
        for (Actor actor : sim.actors()) {
            if (actor.seen.isEmpty()) {
                continue;
            }
            Program same = alone(actor, scenario, scenario.alone(), false);
            int comparable = scenario.ownSeeds() ? Integer.MAX_VALUE : actor.untroubled();
            same(actor, same, comparable);
            if (actor instanceof Program program && !program.cut && comparable == Integer.MAX_VALUE) {
                charged(program, same);
                if (program.cutOff >= 0) {
                    exhausted(program, alone(actor, scenario, scenario.alone(), false, actor.limits));
                }
            }
            if (actor == some) {
                otherwise(same, scenario);
            }
        }
    }

    /** Run the program of an actor without the others, with as many tokens as it likes. */
    private static Program alone(Actor actor, Scenario scenario, Scenario world, boolean suspend) {
        Budget pages = actor.limits.pages().isPresent()
                ? Budget.UNLIMITED.withPages(actor.limits.pages().getAsInt())
                : Budget.UNLIMITED;
        return alone(actor, scenario, world, suspend, pages);
    }

    private static Program alone(Actor actor, Scenario scenario, Scenario world, boolean suspend, Budget limits) {
        EngineSim alone = new EngineSim(world, false, List.of());
        Program same = new Program(alone, actor.number, actor.seed, scenario);
        same.owner = actor.owner;
        same.limits = limits;
        if (suspend) {
            alone.suspendAlways();
        }
        alone.add(same, 0);
        alone.run();
        alone.close();
        return same;
    }

    /** Slices, depth, tiers and suspensions must not matter (C14): run a program that ran alone with others of them. */
    private static void otherwise(Program alone, Scenario scenario) {
        boolean suspend = scenario.seed() % 3 == 0;
        try {
            same(alone, alone(alone, scenario, scenario.otherwise(), suspend), Integer.MAX_VALUE);
        } catch (Breach e) {
            throw new Breach("C14", e.getMessage() + (suspend ? ", suspended after every turn" : ""));
        }
    }

    /** Nobody pays for rows computed again, rejected drafts, or rows behind the end: the bill is that of the program alone. */
    private static void charged(Program among, Program alone) {
        ProcessTotals mine = among.bill;
        ProcessTotals own = alone.bill;
        if (mine == null || own == null) {
            return;
        }
        boolean equal = mine.tokensIn() <= own.tokensIn()
                && mine.tokensIn() + mine.tokensReused()
                        >= own.tokensIn() // what was generated is paid when it is reused
                && mine.tokensOut() == own.tokensOut()
                && mine.tokensOut() >= among.given;
        if (!equal) {
            throw new Breach(
                    "C17",
                    among + " was given " + among.given + " tokens and charged for " + mine + ", alone for " + own);
        }
    }

    /** Tokens go as far in company as alone, where nothing is reused: nobody is refused for rows that it need not pay. */
    private static void exhausted(Program among, Program alone) {
        int more = among.seen.size() - alone.seen.size();
        if (alone.cutOff >= 0 && (more < 0 || (more == 0 && among.cutOff < alone.cutOff))) {
            throw new Breach(
                    "C17",
                    among + " of " + among.limits + " was cut off after " + among.seen.size() + " results and "
                            + among.cutOff + " tokens, alone after " + alone.seen.size() + " and " + alone.cutOff);
        }
    }

    /** @param comparable results that must be equal: a pass asked for again draws by another seed, unless the program names it */
    private static void same(Actor among, Actor alone, int comparable) {
        List<int[]> mine = among.seen.subList(0, Math.min(among.seen.size(), comparable));
        boolean whole = among.end == Actor.End.DONE && mine.size() == among.seen.size();
        boolean equal = whole ? mine.size() == alone.seen.size() : mine.size() <= alone.seen.size();
        for (int i = 0; i < Math.min(mine.size(), alone.seen.size()); i++) {
            if (!Arrays.equals(mine.get(i), alone.seen.get(i))) {
                throw new Breach(
                        "C13",
                        among + " saw " + Arrays.toString(mine.get(i)) + " as result " + i + " and alone "
                                + Arrays.toString(alone.seen.get(i)));
            }
        }
        if (!equal) {
            throw new Breach(
                    "C13",
                    among + " saw " + mine.size() + " results and ended " + among.end + ", alone " + alone.seen.size()
                            + " and " + alone.end);
        }
    }
}
