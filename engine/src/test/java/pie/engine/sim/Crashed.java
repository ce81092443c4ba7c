package pie.engine.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import pie.engine.ContextHandle;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.adapter.AdapterId;
import pie.engine.adapter.NamedAdapter;
import pie.engine.generate.Generation;
import pie.engine.generate.PlanSpec;
import pie.engine.generate.SamplerChain;
import pie.engine.process.OwnerId;
import pie.engine.snapshot.OpenedSnapshot;
import pie.engine.snapshot.SavedContext;
import pie.engine.snapshot.SnapshotArchive;
import pie.engine.snapshot.SnapshotKey;
import pie.engine.testing.SimDisk;
import pie.engine.testing.TinyModel;

/**
 * Look at the disk after a crash, be it at the end (C21): each snapshot is what its program was told last, or what it had asked for
 * since, whole; and it goes on with the same tokens whether its pages are read or computed again, if the adapters of its rows are there
 * as they were. Else it is refused.
 */
final class Crashed {
    private static final int MOST = 4;

    private Crashed() {}

    static void check(EngineSim sim, Scenario scenario) {
        SimDisk disk = sim.disk();
        disk.crash();
        var clock = new VirtualClock();
        var archive = new SnapshotArchive(disk, clock.instants(), Long.MAX_VALUE, Long.MAX_VALUE);
        List<Saved> there = new ArrayList<>();
        String weights = sim.witness().capabilities().weightsFingerprint();
        for (SnapshotBook.Name name : sim.book().names()) {
            Optional<SavedContext> saved = saved(archive, name, weights);
            Optional<int[]> found = saved.map(one -> one.lineage().tokens());
            if (!sim.book().may(name, found)) {
                throw new Breach(
                        "C21",
                        "snapshot " + name + " is "
                                + found.map(java.util.Arrays::toString).orElse("absent")
                                + " after the crash and should be " + sim.book().of(name));
            }
            if (found.isPresent() && found.get().length > 0 && there.size() < MOST) {
                there.add(new Saved(name, adapters(saved.orElseThrow()), sim.book()));
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
                        there.get(i).name + " goes on with " + java.util.Arrays.toString(read.get(i))
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

    /**
     * A snapshot that is there.
     *
     * @param adapters that its rows were computed with
     * @param book knows how those were made
     */
    private record Saved(SnapshotBook.Name name, List<AdapterId> adapters, SnapshotBook book) {
        /** Say whether the adapters of its rows can be had: each third time they are not loaded. */
        boolean openable(int number) {
            return adapters.isEmpty()
                    || number % 3 != 2
                            && adapters.stream().allMatch(id -> book.recipe(id).isPresent());
        }
    }

    private static List<AdapterId> adapters(SavedContext saved) {
        return saved.adapters().stream()
                .flatMap(span -> span.adapter().stream())
                .distinct()
                .toList();
    }

    private static Optional<SavedContext> saved(SnapshotArchive archive, SnapshotBook.Name name, String weights) {
        SnapshotKey key =
                new SnapshotKey(new OwnerId(name.owner()), TinyModel.loaded().name(), name.name());
        try (OpenedSnapshot opened = archive.open(key, weights)) {
            return Optional.of(opened.saved());
        } catch (PieException e) {
            if (e.code() == ErrorCode.NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private static List<int[]> goOn(Scenario scenario, SimDisk disk, List<Saved> there) {
        var sim = new EngineSim(scenario.alone(), false, Simulation.checkers(), new VirtualClock(), disk);
        List<int[]> seen = new ArrayList<>();
        for (int i = 0; i < there.size(); i++) {
            Opener opener = new Opener(sim, i, there.get(i));
            sim.add(opener, 1_000_000_000L * i);
        }
        sim.run();
        for (Actor actor : sim.actors()) {
            seen.add(actor.seen.getLast());
        }
        sim.close();
        return seen;
    }

    /** Load the adapters of a snapshot, open it and go on for a few tokens. */
    private static final class Opener extends Actor {
        private static final int[] NEVER = {};
        private final Saved saved;
        private final boolean openable;
        private final List<NamedAdapter> loaded = new ArrayList<>();

        Opener(EngineSim sim, int number, Saved saved) {
            super(sim, number, 5);
            this.saved = saved;
            openable = saved.openable(number);
            owner = saved.name.owner();
        }

        @Override
        void act() {
            for (AdapterId id : openable ? saved.adapters : List.<AdapterId>of()) {
                AdapterRecipe recipe = saved.book.recipe(id).orElseThrow();
                loaded.add(recipe.make(sim.engine().adapters(), owner, number + "/" + loaded.size()));
            }
            await("open", () -> sim.engine().openSnapshot(id, saved.name.name(), false), this::generate);
        }

        @Override
        void refused(String why) {
            if (openable) {
                sim.fail(new Breach("C21", saved.name + " is there and was refused: " + why));
            }
            seen.add(new int[] {why.hashCode()});
            close(End.DONE);
        }

        private void generate(ContextHandle context) {
            if (!openable) {
                sim.fail(new Breach("C21", saved.name + " was opened, and nobody has the adapters of its rows"));
                return;
            }
            seen.add(context.tokens());
            PlanSpec plan = new PlanSpec(SamplerChain.ARGMAX, 6, NEVER, List.of(), null, OptionalLong.of(3), List.of());
            Generation generation = context.generate(plan);
            await("collect", generation::collect, step -> {
                seen.add(step.tokens());
                loaded.forEach(NamedAdapter::destroy);
                close(End.DONE);
            });
        }
    }
}
