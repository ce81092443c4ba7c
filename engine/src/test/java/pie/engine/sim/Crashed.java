package pie.engine.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import pie.engine.ContextHandle;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.generate.Generation;
import pie.engine.generate.PlanSpec;
import pie.engine.generate.SamplerChain;
import pie.engine.process.OwnerId;
import pie.engine.snapshot.OpenedSnapshot;
import pie.engine.snapshot.SnapshotArchive;
import pie.engine.snapshot.SnapshotKey;
import pie.engine.testing.SimDisk;
import pie.engine.testing.TinyModel;

/**
 * Look at the disk after a crash, be it at the end (C21): each snapshot is what its program was told last, or what it had asked for
 * since, whole; and it goes on with the same tokens whether its pages are read or computed again.
 */
final class Crashed {
    private static final int MOST = 4;

    private Crashed() {}

    static void check(EngineSim sim, Scenario scenario) {
        SimDisk disk = sim.disk();
        disk.crash();
        var clock = new VirtualClock();
        var archive = new SnapshotArchive(disk, clock.instants(), Long.MAX_VALUE, Long.MAX_VALUE);
        List<SnapshotBook.Name> there = new ArrayList<>();
        String weights = sim.witness().capabilities().weightsFingerprint();
        for (SnapshotBook.Name name : sim.book().names()) {
            Optional<int[]> found = tokens(archive, name, weights);
            if (!sim.book().may(name, found)) {
                throw new Breach(
                        "C21",
                        "snapshot " + name + " is "
                                + found.map(java.util.Arrays::toString).orElse("absent")
                                + " after the crash and should be " + sim.book().of(name));
            }
            if (found.isPresent() && found.get().length > 0 && there.size() < MOST) {
                there.add(name);
            }
        }
        if (there.isEmpty()) {
            return;
        }
        List<int[]> read = goOn(scenario, disk, there);
        for (String file : disk.files()) {
            if (file.startsWith("pages/")) {
                delete(disk, file);
            }
        }
        List<int[]> computed = goOn(scenario, disk, there);
        for (int i = 0; i < there.size(); i++) {
            if (!java.util.Arrays.equals(read.get(i), computed.get(i))) {
                throw new Breach(
                        "C21",
                        there.get(i) + " goes on with " + java.util.Arrays.toString(read.get(i))
                                + " from its pages and " + java.util.Arrays.toString(computed.get(i)) + " without");
            }
        }
    }

    private static void delete(SimDisk disk, String file) {
        try {
            disk.delete(file);
        } catch (java.io.IOException e) {
            throw new AssertionError(e);
        }
    }

    private static Optional<int[]> tokens(SnapshotArchive archive, SnapshotBook.Name name, String weights) {
        SnapshotKey key =
                new SnapshotKey(new OwnerId(name.owner()), TinyModel.loaded().name(), name.name());
        try (OpenedSnapshot opened = archive.open(key, weights)) {
            return Optional.of(opened.saved().lineage().tokens());
        } catch (PieException e) {
            if (e.code() == ErrorCode.NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private static List<int[]> goOn(Scenario scenario, SimDisk disk, List<SnapshotBook.Name> names) {
        var sim = new EngineSim(scenario.alone(), false, Simulation.checkers(), new VirtualClock(), disk);
        List<int[]> seen = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            Opener opener = new Opener(sim, i, names.get(i));
            sim.add(opener, 1_000_000_000L * i);
        }
        sim.run();
        for (Actor actor : sim.actors()) {
            seen.add(actor.seen.getLast());
        }
        sim.close();
        return seen;
    }

    /** Open a snapshot and go on for a few tokens. */
    private static final class Opener extends Actor {
        private static final int[] NEVER = {};
        private final SnapshotBook.Name name;

        Opener(EngineSim sim, int number, SnapshotBook.Name name) {
            super(sim, number, 5);
            this.name = name;
            owner = name.owner();
        }

        @Override
        void act() {
            await("open", () -> sim.engine().openSnapshot(id, name.name(), false), this::generate);
        }

        private void generate(ContextHandle context) {
            seen.add(context.tokens());
            PlanSpec plan = new PlanSpec(SamplerChain.ARGMAX, 6, NEVER, List.of(), null, OptionalLong.of(3), List.of());
            Generation generation = context.generate(plan);
            await("collect", generation::collect, step -> {
                seen.add(step.tokens());
                close(End.DONE);
            });
        }
    }
}
