package pie.engine;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import pie.engine.driver.ForwardResult;
import pie.engine.kv.KvContext;
import pie.engine.kv.KvStore;
import pie.engine.kv.PageKey;
import pie.engine.schedule.BatchWriter;
import pie.engine.schedule.Work;
import pie.engine.snapshot.OpenedSnapshot;
import pie.engine.snapshot.SavedContext;

/**
 * Bring the pages of an opened snapshot back, in order: still on the device, else from their files, else computed again. Runs as the
 * first operation of the new context, which nobody else has until it ends.
 *
 * <p>Pages at the end that have no files are left for the first pass to compute, and so is everything where slots are short.
 */
final class OpenOperation extends Operation<ContextHandle> {
    private final EngineContext context;
    private final OpenedSnapshot snapshot;
    private final boolean take;
    private final SnapshotDesk desk;
    private final KvStore store;
    private final KvContext kv;
    private final SavedContext saved;
    private @Nullable Replay replay;
    private boolean stopped;
    private boolean moving = true;

    OpenOperation(EngineContext context, OpenedSnapshot snapshot, boolean take) {
        this.context = context;
        this.snapshot = snapshot;
        this.take = take;
        desk = context.loop.snapshots;
        store = context.loop.store;
        kv = context.kv();
        saved = snapshot.saved();
    }

    @Override
    void start() {
        boolean same =
                saved.model().equals(context.loop.limits.modelFingerprint()) && saved.pageSize() == store.pageSize();
        if (same) {
            next();
        } else {
            remove();
        }
    }

    /** Go on at the first row that is not there. */
    private void next() {
        if (stopped) {
            end(null);
            return;
        }
        store.lookUp(kv, kv.committedPages() * saved.pageSize());
        store.passDropped(kv);
        if (kv.computed() >= kv.written()) {
            remove();
            return;
        }
        int first = kv.computed() / saved.pageSize();
        int room = Math.min(desk.chunk(), store.pool().available() + kv.resident() - first);
        List<SavedContext.Page> pages = new ArrayList<>();
        while (pages.size() < room && first + pages.size() < saved.pages().size()) {
            pages.add(known(first + pages.size()));
        }
        desk.run(() -> read(pages), found -> found(first, pages, found), this::failed);
    }

    /** Return a page as it was saved; nameless unless its name is that of what the lineage yields. */
    private SavedContext.Page known(int page) {
        SavedContext.Page one = saved.pages().get(page);
        Optional<PageKey> key = store.key(kv, page, one.rows());
        return new SavedContext.Page(one.key().filter(name -> key.equals(Optional.of(name))), one.rows());
    }

    /** On the file pool: return the bytes of each page, empty where there are none. */
    private List<Optional<ByteBuffer>> read(List<SavedContext.Page> pages) {
        List<Optional<ByteBuffer>> found = new ArrayList<>();
        for (SavedContext.Page page : pages) {
            found.add(page.key()
                    .flatMap(key -> snapshot.page(key, page.rows()))
                    .filter(bytes -> bytes.remaining() == context.loop.limits.kvBytesPerPage()));
        }
        return found;
    }

    private void found(int first, List<SavedContext.Page> pages, List<Optional<ByteBuffer>> found) {
        int n = 0;
        while (n < found.size() && found.get(n).isPresent()) {
            n++;
        }
        boolean moved = kv.computed() != first * saved.pageSize();
        if (stopped || moved || n == 0) {
            boolean later = found.stream().anyMatch(Optional::isPresent);
            missing(first, !moved && later);
            return;
        }
        if (store.lacking(kv, first + n) > store.pool().available()) {
            remove();
            return;
        }
        store.grow(kv, first + n);
        int[] slots = Arrays.copyOfRange(kv.pageTable(), first, first + n);
        int rows = pages.get(n - 1).rows() + (first + n - 1) * saved.pageSize();
        PageTransfer copy = new PageTransfer(context.loop, slots, whole -> copied(first, rows, whole));
        for (int i = 0; i < n; i++) {
            copy.page(i).put(found.get(i).orElseThrow());
        }
        copy.write();
    }

    private void copied(int first, int rows, boolean whole) {
        boolean there = whole && !stopped && kv.computed() == first * saved.pageSize() && kv.resident() > first;
        if (!there) {
            remove();
            return;
        }
        store.computed(kv, rows, saved.lineage().committed());
        next();
    }

    /** Compute the rows of a page whose file is gone, if later pages have theirs. */
    private void missing(int first, boolean worthIt) {
        if (stopped || gaps() || !worthIt) {
            remove();
            return;
        }
        moving = false;
        desk.leave();
        Replay rows = new Replay((first + 1) * saved.pageSize());
        replay = rows;
        context.schedule(rows);
    }

    private void again() {
        try {
            desk.enter(() -> {
                moving = true;
                next();
            });
        } catch (PieException e) {
            end(e);
        }
    }

    private boolean gaps() {
        return kv.held() < kv.resident();
    }

    /** Bring no more back, and remove a taken snapshot, now that its content is safe. */
    private void remove() {
        if (gaps() && kv.computed() < kv.written()) {
            store.copiesFailed(kv); // the rows that are left see pages that were passed over
        }
        if (stopped || !take) {
            end(null);
            return;
        }
        desk.run(
                () -> {
                    snapshot.remove();
                    return true;
                },
                done -> end(null),
                this::failed);
    }

    private void failed(PieException cause) {
        end(cause);
    }

    private void end(@Nullable PieException cause) {
        desk.release(snapshot::close);
        if (moving) {
            moving = false;
            desk.leave();
        }
        if (!context.line.running(this)) {
            return;
        }
        if (stopped) {
            context.line.fail(this, new PieException(ErrorCode.CANCELLED, "the snapshot is not opened any more"));
        } else if (cause == null) {
            context.publish(0, 0);
            context.line.answer(this, context.handle);
        } else {
            context.line.fail(this, cause);
        }
    }

    @Override
    boolean stop(PieException cause) {
        stopped = true;
        Replay rows = replay;
        if (rows != null && rows.live) {
            if (!context.withdraw(rows)) {
                return false;
            }
            rows.over();
            end(null);
        }
        return true;
    }

    @Override
    void unclaimed(ContextHandle value) {
        value.close();
    }

    /** Compute rows again, for nobody to see. */
    private final class Replay extends Work {
        private boolean live = true;

        Replay(int to) {
            super(context.kv());
            target = to;
            needFrom = to;
            sealLimit = saved.lineage().committed();
            lookUp = true;
            fresh();
        }

        void over() {
            live = false;
            context.workEnded();
        }

        @Override
        protected int draws(int from, int to) {
            return 0;
        }

        @Override
        protected void write(BatchWriter batch, int batchRow, int from, int to) {
            // no draw, no probe
        }

        @Override
        protected void results(ForwardResult result, int firstDraw, int firstProbe, int from, int to) {
            if (stopped) {
                throw new PieException(ErrorCode.CANCELLED, "the snapshot is not opened any more");
            }
        }

        @Override
        protected void done() {
            over();
            again();
        }

        @Override
        protected void failed(PieException cause) {
            over();
            remove();
        }
    }
}
