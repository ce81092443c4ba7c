package pie.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import pie.engine.adapter.Adapter;
import pie.engine.kv.AdapterSpan;
import pie.engine.kv.KvContext;
import pie.engine.kv.Lineage;
import pie.engine.snapshot.OpenedSnapshot;
import pie.engine.snapshot.SavedContext;
import pie.engine.snapshot.SnapshotKey;

/** Read a snapshot, and make the context whose first operation brings its pages back. */
final class SnapshotOpening {
    private final EngineLoop loop;
    private final EngineProcess process;
    private final SnapshotKey key;
    private final boolean take;
    private final CompletableFuture<ContextHandle> reply;

    SnapshotOpening(
            EngineLoop loop, EngineProcess process, String name, boolean take, CompletableFuture<ContextHandle> reply) {
        this.loop = loop;
        this.process = process;
        this.take = take;
        this.reply = reply;
        key = loop.snapshots.key(process.owner(), name);
    }

    void begin() {
        loop.snapshots.store();
        loop.checkRoom(process);
        loop.snapshots.enter(() -> loop.snapshots.run(
                () -> loop.snapshots.store().archive().open(key, loop.limits.weightsFingerprint()),
                this::opened,
                cause -> end(null, cause)));
    }

    private void opened(OpenedSnapshot snapshot) {
        if (reply.isDone() || process.closing != null || loop.processes.get(process.id) != process) {
            end(snapshot, new PieException(ErrorCode.CANCELLED, "the process has ended, or gave up"));
            return;
        }
        Lineage lineage;
        try {
            lineage = snapshot.saved().lineage().with(adapters(snapshot.saved()));
            loop.checkRoom(process);
            if (process.allowance.limitsPages()) {
                loop.processes.checkPages(
                        process, loop.store.pagesFor(snapshot.saved().lineage().written()));
            }
        } catch (PieException e) {
            end(snapshot, e);
            return;
        }
        KvContext kv = loop.store.create(lineage, process.saltHigh, process.saltLow);
        EngineContext context = loop.adopt(process, kv);
        OpenOperation bringBack = new OpenOperation(context, snapshot, take);
        bringBack.future.whenComplete((handle, failure) -> ended(context, handle, failure));
        reply.whenComplete((handle, failure) -> {
            if (reply.isCancelled()) {
                bringBack.future.cancel(true);
            }
        });
        context.line.begin(bringBack);
    }

    /** @throws PieException NOT_FOUND for rows of an adapter that is not loaded: they could not be computed again */
    private List<AdapterSpan> adapters(SavedContext saved) {
        List<AdapterSpan> spans = new ArrayList<>();
        for (SavedContext.Span span : saved.adapters()) {
            Optional<Adapter> found =
                    span.adapter().flatMap(id -> loop.shelf.find(process.owner().value(), id));
            if (found.isEmpty() && span.adapter().isPresent()) {
                String name = span.adapter().get().name();
                throw new PieException(
                        ErrorCode.NOT_FOUND,
                        "snapshot '" + key.name() + "' was computed with adapter '" + name
                                + "' as it was then: load the same file and open the snapshot again",
                        Map.of("kind", "adapter", "name", name));
            }
            spans.add(new AdapterSpan(span.from(), found));
        }
        return spans;
    }

    private void ended(EngineContext context, @Nullable ContextHandle handle, @Nullable Throwable failure) {
        if (failure != null) {
            reply.completeExceptionally(failure);
            context.handle.close();
        } else if (handle != null && !reply.complete(handle)) {
            context.handle.close();
        }
    }

    private void end(@Nullable OpenedSnapshot snapshot, PieException cause) {
        if (snapshot != null) {
            loop.snapshots.release(snapshot::close);
        }
        loop.snapshots.leave();
        loop.later(() -> reply.completeExceptionally(cause));
    }
}
