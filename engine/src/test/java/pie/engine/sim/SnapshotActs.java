package pie.engine.sim;

import java.util.Optional;
import java.util.Random;
import pie.engine.ContextHandle;
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
        program.await("save", () -> context.save(name.name(), overwrite, Optional.empty()), info -> {
            program.sim.book().told(name, Optional.of(tokens));
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
                    program.seen.add(made.tokens());
                    program.contexts.add(made);
                    program.next();
                });
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
