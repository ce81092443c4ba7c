package pie.engine.sim;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import pie.engine.ContextHandle;
import pie.engine.adapter.Adapter;
import pie.engine.adapter.AdapterId;
import pie.engine.kv.KvContext;
import pie.engine.process.OwnerId;

/** Have a program save contexts, and open, take and delete what it saved. */
final class SnapshotActs {
    private static final int NAMES = 3;

    private final Program program;
    private final Random random;

    SnapshotActs(Program program, Random random) {
        this.program = program;
        this.random = random;
    }

    void act(ContextHandle context) {
        var name = new SnapshotBook.Name(program.owner, "p" + program.number + '/' + random.nextInt(NAMES));
        switch (random.nextInt(5)) {
            case 0, 1 -> save(context, name, random.nextInt(3) > 0);
            case 2, 3 -> open(name, random.nextInt(3) == 0);
            default -> delete(name);
        }
    }

    private void save(ContextHandle context, SnapshotBook.Name name, boolean overwrite) {
        int[] tokens = context.tokens();
        program.sim.book().asks(name, Optional.of(tokens));
        List<Optional<AdapterId>> adapters = adapters(context);
        program.await("save", () -> context.save(name.name(), overwrite, Optional.empty()), info -> {
            program.sim.book().told(name, Optional.of(tokens));
            program.sim.book().saved(name, adapters);
            program.seen.add(new int[] {info.tokens(), info.pages()});
            program.next();
        });
    }

    private void open(SnapshotBook.Name name, boolean take) {
        if (take) {
            program.sim.book().asks(name, Optional.empty());
        }
        program.makeRoom();
        program.await(
                take ? "take" : "open",
                () -> program.sim.engine().openSnapshot(program.id, name.name(), take),
                made -> {
                    if (take) {
                        program.sim.book().told(name, Optional.empty());
                    }
                    sameAdapters(name, made);
                    program.seen.add(made.tokens());
                    program.contexts.add(made);
                    program.next();
                });
    }

    /** Return the adapter of each row that is written. */
    private List<Optional<AdapterId>> adapters(ContextHandle context) {
        for (KvContext kv : program.sim.engine().contexts()) {
            if (kv.id().equals(context.id())) {
                return IntStream.range(0, kv.written())
                        .mapToObj(row -> kv.adapter(row).map(Adapter::id))
                        .toList();
            }
        }
        return List.of();
    }

    /** What is opened goes on from the adapters that it was saved with (C21), whatever stands under their names now. */
    private void sameAdapters(SnapshotBook.Name name, ContextHandle made) {
        List<Optional<AdapterId>> now = adapters(made);
        List<Optional<AdapterId>> then = program.sim.book().saved(name);
        for (int row = 0; row < now.size(); row++) {
            Optional<AdapterId> had = row < then.size() ? then.get(row) : Optional.empty();
            boolean same = now.get(row).isPresent() == had.isPresent()
                    && (had.isEmpty() || now.get(row).get().sameContent(had.get()));
            if (!same) {
                program.sim.fail(new Breach(
                        "C21",
                        "row " + row + " of snapshot " + name.name() + " was computed with "
                                + had.map(AdapterId::name).orElse("no adapter") + ", and is opened with "
                                + now.get(row).map(AdapterId::name).orElse("none")
                                + (had.isPresent() && now.get(row).isPresent() ? " as it is now" : "")));
                return;
            }
        }
    }

    private void delete(SnapshotBook.Name name) {
        program.sim.book().asks(name, Optional.empty());
        program.await(
                "delete", () -> program.sim.engine().deleteSnapshot(new OwnerId(program.owner), name.name()), gone -> {
                    program.sim.book().told(name, Optional.empty());
                    program.next();
                });
    }
}
