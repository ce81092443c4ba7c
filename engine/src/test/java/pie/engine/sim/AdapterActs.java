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
 * Have a program load adapters, run passes and generations through them, fork under them, change and drop them. What it loads is of few
 * kinds, so that others have the same; their pages are shared, and no others'. Where there are snapshots each program has its own: whether
 * one can be opened depends on who has the adapters of its rows, and must not depend on others here.
 */
final class AdapterActs {
    private static final int NAMES = 3;

    private final Program program;
    private final Random random;
    private final boolean saved;
    private final List<Loaded> loaded = new ArrayList<>();
    private int made;

    private record Loaded(NamedAdapter adapter, AdapterRecipe recipe) {}

    /** @param saved whether there are snapshots */
    AdapterActs(Program program, Random random, boolean saved) {
        this.program = program;
        this.random = random;
        this.saved = saved;
    }

    void act(ContextHandle context) {
        if (loaded.size() < NAMES && random.nextInt(3) == 0) {
            load();
        }
        switch (random.nextInt(saved ? 6 : 5)) {
            case 0, 1 -> pass(context);
            case 2 -> generate(context);
            case 3 -> fork(context);
            case 5 -> {
                change();
                program.next();
            }
            default -> {
                drop();
                program.next();
            }
        }
    }

    private void load() {
        String name = "p" + program.number + '/' + made++;
        int alpha = 1 + random.nextInt(2);
        List<Long> seeds = saved || random.nextBoolean() ? List.of(seed()) : List.of();
        var recipe = new AdapterRecipe(alpha, seeds);
        add(recipe.make(program.sim.engine().adapters(), program.owner, name), recipe);
    }

    private long seed() {
        return random.nextInt(3) + (saved ? 3L + 3L * program.number : 0);
    }

    private void add(NamedAdapter adapter, AdapterRecipe recipe) {
        loaded.add(new Loaded(adapter, recipe));
        program.sim.book().made(adapter.current().orElseThrow().id(), recipe);
    }

    /** Have other numbers stand under a name. */
    private void change() {
        if (!loaded.isEmpty()) {
            Loaded one = loaded.remove(random.nextInt(loaded.size()));
            add(one.adapter, one.recipe.change(one.adapter, seed()));
        }
    }

    private void drop() {
        if (!loaded.isEmpty()) {
            loaded.remove(random.nextInt(loaded.size())).adapter.destroy();
        }
    }

    /** Return an adapter as it is, or as a seed perturbs it, or none. */
    private Optional<Adapter> some() {
        if (loaded.isEmpty() || random.nextInt(4) == 0) {
            return Optional.empty();
        }
        NamedAdapter adapter = loaded.get(random.nextInt(loaded.size())).adapter;
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
