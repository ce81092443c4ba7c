package pie.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import pie.engine.adapter.Adapter;
import pie.engine.kv.KvContext;
import pie.engine.kv.KvStore;
import pie.engine.kv.Lineage;
import pie.engine.kv.PageKey;
import pie.engine.snapshot.SavedContext;
import pie.engine.snapshot.SnapshotInfo;
import pie.engine.snapshot.SnapshotKey;
import pie.engine.snapshot.SnapshotSave;

/**
 * Save a context: name its pages, copy those out that have no file yet, chunk by chunk, and write them, then the lineage.
 *
 * <pre>
 * loop       name pages ┐                ┌ next chunk ┐           ┌ … none left ┐          ┌ answer
 * file pool             └ which are new? ┘            │   ┌ write ┘             └ commit ──┘
 * driver                                              └ copy
 * </pre>
 *
 * A page that is taken from the context meanwhile, or cannot be copied, is left out: opening computes its rows.
 */
final class SaveOperation extends Operation<SnapshotInfo> {
    private static final long HEADER_BYTES = 512;

    private final EngineContext context;
    private final SnapshotDesk desk;
    private final SnapshotKey key;
    private final boolean overwrite;
    private final Optional<Duration> ttl;
    private boolean away;
    private boolean stopped;

    SaveOperation(EngineContext context, String name, boolean overwrite, Optional<Duration> ttl) {
        this.context = context;
        this.overwrite = overwrite;
        desk = context.loop.snapshots;
        this.ttl = ttl.isPresent() ? ttl : desk.store().ttl();
        key = desk.key(context.process.owner(), name);
    }

    @Override
    void start() {
        context.settleGeneration();
        KvContext kv = context.kv();
        KvStore store = context.loop.store;
        int size = store.pageSize();
        List<SavedContext.Page> pages = new ArrayList<>();
        for (int from = 0; from < kv.written(); from += size) {
            int rows = Math.min(size, kv.written() - from);
            pages.add(new SavedContext.Page(store.key(kv, from / size, rows), rows));
        }
        SavedContext saved = new SavedContext(
                context.loop.limits.weightsFingerprint(),
                context.loop.limits.modelFingerprint(),
                size,
                store.lineage(kv),
                pages,
                adapters(store.lineage(kv)));
        away = kv.held() == 0;
        desk.enter(() -> begin(saved));
    }

    private static List<SavedContext.Span> adapters(Lineage lineage) {
        return lineage.adapters().stream()
                .filter(span -> span.from() < lineage.written()) // those to come have what their pass says
                .map(span -> new SavedContext.Span(span.from(), span.adapter().map(Adapter::id)))
                .toList();
    }

    private void begin(SavedContext saved) {
        if (stopped) {
            desk.leave();
            return;
        }
        if (away) { // what is still retained need not be computed again when it is opened
            context.loop.store.lookUp(context.kv(), saved.lineage().committed());
        }
        List<PageKey> keys = new ArrayList<>();
        for (SavedContext.Page page : saved.pages()) {
            page.key().ifPresent(keys::add);
        }
        long bytes = context.loop.limits.kvBytesPerPage() + HEADER_BYTES;
        desk.run(
                () -> {
                    SnapshotSave save = desk.store().archive().begin(key, overwrite, keys, bytes);
                    return new Writing(saved, save, save.missing());
                },
                Writing::next,
                this::end);
    }

    /** Give way to the next save, and answer. */
    private void end(@Nullable PieException cause) {
        if (away && context.line.running(this)) {
            context.loop.store.evict(context.kv());
        }
        desk.leave();
        if (cause != null && context.line.running(this)) {
            context.line.fail(this, cause);
        }
    }

    @Override
    boolean stop(PieException cause) {
        stopped = true;
        return true;
    }

    /** Stand for the save from the moment it has a place in the archive. */
    private final class Writing {
        private final SavedContext saved;
        private final SnapshotSave save;
        private final Set<PageKey> missing;
        private int page;

        Writing(SavedContext saved, SnapshotSave save, Set<PageKey> missing) {
            this.saved = saved;
            this.save = save;
            this.missing = missing;
        }

        /** Copy the next pages out that have no file, or commit if there are none. */
        void next() {
            if (stopped) {
                failed(null);
                return;
            }
            KvContext kv = context.kv();
            int[] pages = new int[desk.chunk()];
            int[] slots = new int[pages.length];
            int n = 0;
            for (;
                    n < pages.length
                            && page < Math.min(kv.resident(), saved.pages().size());
                    page++) {
                if (wanted(kv, page)) {
                    pages[n] = page;
                    slots[n++] = kv.slot(page);
                }
            }
            if (n == 0) {
                desk.run(() -> save.commit(saved, ttl), this::committed, this::failed);
            } else {
                transfer(Arrays.copyOf(pages, n), Arrays.copyOf(slots, n));
            }
        }

        private boolean wanted(KvContext kv, int page) {
            SavedContext.Page one = saved.pages().get(page);
            return one.key().map(missing::contains).orElse(false)
                    && kv.slot(page) != KvContext.DROPPED
                    && page * saved.pageSize() + one.rows() <= kv.computed();
        }

        private void transfer(int[] pages, int[] slots) {
            PageTransfer[] copy = new PageTransfer[1];
            copy[0] = new PageTransfer(context.loop, slots, whole -> {
                if (whole && !stopped) {
                    desk.run(() -> write(pages, copy[0]), done -> next(), this::failed);
                } else {
                    next();
                }
            });
            copy[0].read();
        }

        private boolean write(int[] pages, PageTransfer copy) {
            for (int i = 0; i < pages.length; i++) {
                SavedContext.Page one = saved.pages().get(pages[i]);
                save.page(saved.model(), one.key().orElseThrow(), one.rows(), copy.page(i));
            }
            return true;
        }

        private void committed(SnapshotInfo info) {
            end(null);
            if (context.line.running(SaveOperation.this)) {
                context.line.answer(SaveOperation.this, info);
            }
        }

        /** Let go of the name and the pages first, so that whoever hears of the failure can save again. */
        private void failed(@Nullable PieException cause) {
            desk.run(
                    () -> {
                        save.close();
                        return true;
                    },
                    done -> end(cause),
                    problem -> end(cause == null ? problem : cause));
        }
    }
}
