package pie.inferlet;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import pie.engine.Engine;

/** Look at the snapshots of the user who launched the program. */
public final class Contexts {
    private Contexts() {}

    /** List the snapshots on all models, by name. */
    public static List<SnapshotRecord> list() {
        return list("");
    }

    /** List the snapshots on all models whose names begin with a prefix. */
    public static List<SnapshotRecord> list(String prefix) {
        return Host.current().await(listAsync(prefix), "host");
    }

    public static CompletableFuture<List<SnapshotRecord>> listAsync() {
        return listAsync("");
    }

    public static CompletableFuture<List<SnapshotRecord>> listAsync(String prefix) {
        Host host = Host.current();
        return list(host, host.engines(), prefix);
    }

    /** List the snapshots on one model whose names begin with a prefix. */
    public static List<SnapshotRecord> list(Model model, String prefix) {
        return model.host().await(listAsync(model, prefix), "host");
    }

    public static CompletableFuture<List<SnapshotRecord>> listAsync(Model model, String prefix) {
        return list(model.host(), List.of(model.engine()), prefix);
    }

    private static CompletableFuture<List<SnapshotRecord>> list(Host host, List<Engine> engines, String prefix) {
        host.checkLive();
        CompletableFuture<List<SnapshotRecord>> all = CompletableFuture.completedFuture(List.of());
        for (Engine engine : engines) {
            all = all.thenCombine(
                    engine.snapshots(host.owner(), prefix)
                            .thenApply(found ->
                                    found.stream().map(SnapshotRecord::of).toList()),
                    Contexts::join);
        }
        return Futures.map(all, found -> found);
    }

    private static List<SnapshotRecord> join(List<SnapshotRecord> some, List<SnapshotRecord> more) {
        List<SnapshotRecord> all = new ArrayList<>(some);
        all.addAll(more);
        all.sort(Comparator.comparing(SnapshotRecord::name).thenComparing(SnapshotRecord::model));
        return List.copyOf(all);
    }

    /** Describe one snapshot. @throws pie.engine.PieException NOT_FOUND */
    public static SnapshotRecord info(Model model, String name) {
        return model.host().await(infoAsync(model, name), "host");
    }

    public static CompletableFuture<SnapshotRecord> infoAsync(Model model, String name) {
        model.host().checkLive();
        return Futures.map(model.engine().snapshot(model.host().owner(), name), SnapshotRecord::of);
    }
}
