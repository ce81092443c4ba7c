package pie.engine.sim;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import pie.engine.ContextHandle;
import pie.engine.adapter.Adapter;
import pie.engine.adapter.NamedAdapter;
import pie.engine.generate.Generation;
import pie.engine.generate.PassResult;
import pie.engine.generate.PassSpec;
import pie.engine.generate.PlanSpec;
import pie.engine.generate.SampleSpec;
import pie.engine.generate.SamplerChain;

/**
 * Have a program load adapters, run passes and generations through them, fork under them, and drop them. What it loads is of few kinds,
 * so that others have the same; their pages are shared, and no others'.
 */
final class AdapterActs {
    private static final int NAMES = 3;

    private final Program program;
    private final Random random;
    private final List<NamedAdapter> loaded = new ArrayList<>();
    private int made;

    AdapterActs(Program program, Random random) {
        this.program = program;
        this.random = random;
    }

    void act(ContextHandle context) {
        if (loaded.size() < NAMES && random.nextInt(3) == 0) {
            load();
        }
        switch (random.nextInt(5)) {
            case 0, 1 -> pass(context);
            case 2 -> generate(context);
            case 3 -> fork(context);
            default -> {
                drop();
                program.next();
            }
        }
    }

    private void load() {
        NamedAdapter adapter =
                program.sim.engine().adapters().create(program.owner, "p" + program.number + '/' + made++);
        adapter.evolve(1, 1 + random.nextInt(2), 4, 0.5, 0.5);
        if (random.nextBoolean()) {
            adapter.update(new float[] {1}, new long[] {random.nextInt(3)}, 1);
        }
        loaded.add(adapter);
    }

    private void drop() {
        if (!loaded.isEmpty()) {
            loaded.remove(random.nextInt(loaded.size())).destroy();
        }
    }

    /** Return an adapter as it is, or as a seed perturbs it, or none. */
    private Optional<Adapter> some() {
        if (loaded.isEmpty() || random.nextInt(4) == 0) {
            return Optional.empty();
        }
        NamedAdapter adapter = loaded.get(random.nextInt(loaded.size()));
        return random.nextInt(3) == 0 ? Optional.of(adapter.perturbed(random.nextInt(2))) : adapter.current();
    }

    private void pass(ContextHandle context) {
        int n = 1 + random.nextInt(2 * program.sim.pageSize());
        if (program.room(context) < n) {
            program.next();
            return;
        }
        int first = random.nextInt(3);
        int[] ids = new int[n];
        Arrays.setAll(ids, i -> (first + i) % Scenario.VOCAB);
        PassSpec spec = new PassSpec(
                        ids,
                        null,
                        List.of(new SampleSpec(new int[] {-1}, SamplerChain.ARGMAX, 1)),
                        List.of(),
                        null,
                        null,
                        null,
                        true,
                        false)
                .withAdapter(some());
        program.await("pass with adapter", () -> context.execute(spec), this::passed);
    }

    private void passed(PassResult result) {
        program.seen.addAll(result.tokens());
        program.next();
    }

    private void generate(ContextHandle context) {
        int room = program.room(context);
        if (context.tokens().length == 0 || room < 2) {
            program.next();
            return;
        }
        int most = Math.min(1 + random.nextInt(20), room - 1);
        Generation generation = context.generate(
                new PlanSpec(SamplerChain.ARGMAX, most, new int[] {2}, List.of(), null, OptionalLong.empty(), List.of())
                        .withAdapter(some()));
        program.await("collect with adapter", generation::collect, step -> {
            program.given += step.tokens().length;
            program.seen.add(step.tokens());
            if (random.nextInt(3) == 0) {
                drop();
            }
            program.next();
        });
    }

    private void fork(ContextHandle context) {
        program.makeRoom();
        if (!program.contexts.contains(context)) {
            program.next();
            return;
        }
        program.await("fork with adapter", context::fork, copy -> {
            program.contexts.add(copy);
            generate(copy);
        });
    }
}
