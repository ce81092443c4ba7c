package pie.runtime.bridge;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import pie.inferlet.Adapter;
import pie.inferlet.Forward;
import pie.inferlet.Model;
import pie.inferlet.Zo;

/** Serve adapters and the search for better ones: most wait, or have a twin that does not. */
final class AdapterOps {
    private final Bridge bridge;

    AdapterOps(Bridge bridge) {
        this.bridge = bridge;
    }

    void register() {
        Dialect dialect = bridge.dialect();
        bridge.call("adapter_create", a -> Adapter.create(model(a), name(a)));
        bridge.start("adapter_create_async", "host", a -> Adapter.createAsync(model(a), name(a)), made -> made);
        bridge.call("adapter_open", a -> or(Adapter.open(model(a), name(a))));
        bridge.start("adapter_open_async", "host", a -> Adapter.openAsync(model(a), name(a)), this::or);
        bridge.call("adapter_name", a -> adapter(a).name());
        bridge.call("adapter_shared", a -> adapter(a).shared());
        bridge.call("adapter_fork", a -> adapter(a).fork(a.text(1, "new_name")));
        bridge.start("adapter_fork_async", "host", a -> adapter(a).forkAsync(a.text(1, "new_name")), copy -> copy);
        bridge.run("adapter_load", a -> adapter(a).load(a.text(1, "path")));
        bridge.start(
                "adapter_load_async", "host", a -> adapter(a).loadAsync(a.text(1, "path")), done -> dialect.absent());
        bridge.run("adapter_save", a -> adapter(a).save(a.text(1, "path")));
        bridge.start(
                "adapter_save_async", "host", a -> adapter(a).saveAsync(a.text(1, "path")), done -> dialect.absent());
        bridge.run("adapter_destroy", a -> adapter(a).destroy());
        bridge.start("adapter_destroy_async", "host", a -> adapter(a).destroyAsync(), done -> dialect.absent());
        bridge.run("adapter_close", a -> adapter(a).close());
        bridge.run("adapter_leave", a -> adapter(a).leave());
        bridge.run(
                "zo_initialize",
                a -> Zo.initialize(adapter(a), rank(a), alpha(a), population(a), fraction(a), sigma(a)));
        bridge.start(
                "zo_initialize_async",
                "host",
                a -> Zo.initializeAsync(adapter(a), rank(a), alpha(a), population(a), fraction(a), sigma(a)),
                done -> dialect.absent());
        bridge.run(
                "zo_update",
                a -> Zo.update(adapter(a), a.floats(1, "scores"), a.seeds(2, "seeds"), a.number(3, "max_sigma")));
        bridge.start(
                "zo_update_async",
                "host",
                a -> Zo.updateAsync(adapter(a), a.floats(1, "scores"), a.seeds(2, "seeds"), a.number(3, "max_sigma")),
                done -> dialect.absent());
        bridge.run("fwd_adapter", a -> forward(a).adapter(a.has(1) ? a.handle(1, Adapter.class) : null));
        bridge.run("fwd_zo_seed", a -> forward(a).zoSeed(a.seed(1, "seed")));
    }

    private static int rank(Args a) {
        return a.integer(1, "rank");
    }

    private static double alpha(Args a) {
        return a.number(2, "alpha");
    }

    private static int population(Args a) {
        return a.integer(3, "population_size");
    }

    private static double fraction(Args a) {
        return a.number(4, "mu_fraction");
    }

    private static double sigma(Args a) {
        return a.number(5, "initial_sigma");
    }

    private @Nullable Object or(Optional<Adapter> adapter) {
        return adapter.isPresent() ? adapter.get() : bridge.dialect().absent();
    }

    private static Adapter adapter(Args a) {
        return a.handle(0, Adapter.class);
    }

    private static Forward forward(Args a) {
        return a.handle(0, Forward.class);
    }

    private static Model model(Args a) {
        return a.handle(0, Model.class);
    }

    private static String name(Args a) {
        return a.text(1, "name");
    }
}
