package pie.engine.sim;

import java.util.ArrayList;
import java.util.List;
import pie.engine.adapter.AdapterShelf;
import pie.engine.adapter.NamedAdapter;

/** Say how an adapter comes to its numbers: the same way gives the same, under whatever name. */
record AdapterRecipe(int alpha, List<Long> seeds) {
    NamedAdapter make(AdapterShelf shelf, String owner, String name) {
        NamedAdapter adapter = shelf.create(owner, name);
        adapter.evolve(1, alpha, 4, 0.5, 0.5);
        seeds.forEach(seed -> step(adapter, seed));
        return adapter;
    }

    /** Change an adapter that is as this says. Return what says how it is then. */
    AdapterRecipe change(NamedAdapter adapter, long seed) {
        step(adapter, seed);
        List<Long> all = new ArrayList<>(seeds);
        all.add(seed);
        return new AdapterRecipe(alpha, List.copyOf(all));
    }

    private static void step(NamedAdapter adapter, long seed) {
        adapter.update(new float[] {1}, new long[] {seed}, 1);
    }
}
