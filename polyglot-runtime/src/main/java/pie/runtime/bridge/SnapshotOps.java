package pie.runtime.bridge;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import pie.engine.PieException;
import pie.inferlet.Context;
import pie.inferlet.Contexts;
import pie.inferlet.Json;
import pie.inferlet.Model;
import pie.inferlet.SaveOptions;
import pie.inferlet.SnapshotRecord;

/** Serve snapshots: each waits, or has a twin that does not. */
final class SnapshotOps {
    /** Seconds of a thousand years. */
    private static final double MOST_TTL = 1000 * 365.25 * 24 * 3600;

    private final Bridge bridge;

    SnapshotOps(Bridge bridge) {
        this.bridge = bridge;
    }

    void register() {
        Dialect dialect = bridge.dialect();
        bridge.call(
                "ctx_open", a -> a.flag(2, "take") ? Context.take(model(a), name(a)) : Context.open(model(a), name(a)));
        bridge.start("ctx_open_async", "host", SnapshotOps::open, opened -> opened, Context::close);
        bridge.run("ctx_delete", a -> Context.delete(model(a), name(a)));
        bridge.start("ctx_delete_async", "host", a -> Context.deleteAsync(model(a), name(a)), done -> dialect.absent());
        bridge.run("ctx_save", a -> context(a).save(name(a), options(a)));
        bridge.start(
                "ctx_save_async", "host", a -> context(a).saveAsync(name(a), options(a)), done -> dialect.absent());
        bridge.call("ctx_snapshot", a -> context(a).snapshot(ttl(a, 1)));
        bridge.start("ctx_snapshot_async", "host", a -> context(a).snapshotAsync(ttl(a, 1)), name -> name);
        bridge.call("contexts_list", a -> text(a.has(0) ? Contexts.list(model(a), name(a)) : Contexts.list(name(a))));
        bridge.start("contexts_list_async", "host", SnapshotOps::list, SnapshotOps::text);
        bridge.call("contexts_info", a -> text(List.of(Contexts.info(model(a), name(a)))));
        bridge.start(
                "contexts_info_async",
                "host",
                a -> Contexts.infoAsync(model(a), name(a)),
                found -> text(List.of(found)));
        bridge.run("ctx_drop_prefix", a -> context(a).dropPrefix(a.integer(1, "n"), a.integer(2, "sink")));
        bridge.start(
                "ctx_drop_prefix_async",
                "forward",
                a -> context(a).dropPrefixAsync(a.integer(1, "n"), a.integer(2, "sink")),
                done -> dialect.absent());
        bridge.run("ctx_set_window", a -> context(a).setWindow(window(a), a.integer(2, "sink")));
        bridge.start(
                "ctx_set_window_async",
                "forward",
                a -> context(a).setWindowAsync(window(a), a.integer(2, "sink")),
                done -> dialect.absent());
        bridge.run("ctx_publish", a -> context(a).publish());
        bridge.start("ctx_publish_async", "forward", a -> context(a).publishAsync(), done -> dialect.absent());
    }

    private static CompletableFuture<Context> open(Args a) {
        return a.flag(2, "take") ? Context.takeAsync(model(a), name(a)) : Context.openAsync(model(a), name(a));
    }

    private static CompletableFuture<List<SnapshotRecord>> list(Args a) {
        return a.has(0) ? Contexts.listAsync(model(a), name(a)) : Contexts.listAsync(name(a));
    }

    /** Write records as the guests read them: times in seconds of the epoch. */
    private static String text(List<SnapshotRecord> records) {
        return Json.text(records.stream().map(SnapshotOps::row).toList());
    }

    private static Map<String, @Nullable Object> row(SnapshotRecord one) {
        var row = new LinkedHashMap<String, @Nullable Object>();
        row.put("name", one.name());
        row.put("model", one.model());
        row.put("tokens", one.tokens());
        row.put("pages", one.pages());
        row.put("bytes", one.bytes());
        row.put("created", one.created().toEpochMilli() / 1e3);
        row.put("expires", one.expires().map(end -> end.toEpochMilli() / 1e3).orElse(null));
        return row;
    }

    private static int window(Args a) {
        return a.has(1) ? a.integer(1, "w") : 0;
    }

    private static SaveOptions options(Args a) {
        SaveOptions options = SaveOptions.of().overwrite(a.flag(2, "overwrite"));
        return a.has(3) ? options.ttl(ttl(a, 3)) : options;
    }

    /** Return a time to live, given in seconds; a day if it is not. */
    private static Duration ttl(Args a, int i) {
        if (!a.has(i)) {
            return Duration.ofHours(24);
        }
        double seconds = a.number(i, "ttl");
        if (!(seconds > 0 && seconds <= MOST_TTL)) {
            throw PieException.invalid("ttl must be in 0..%.0f s, more than 0, got %s".formatted(MOST_TTL, seconds));
        }
        return Duration.ofMillis(Math.max(1, Math.round(seconds * 1e3)));
    }

    private static Context context(Args a) {
        return a.handle(0, Context.class);
    }

    private static Model model(Args a) {
        return a.handle(0, Model.class);
    }

    private static String name(Args a) {
        return a.text(1, "name");
    }
}
