package pie.engine.kv;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.adapter.Adapter;
import pie.engine.driver.CopyList;

/**
 * Own the pages and contexts of one device. Every row that a context lacks is computed from its lineage, be it new, displaced or cut
 * off, so look-up, restore and the first run of a pass are one operation: go on from {@code computed}.
 */
public final class KvStore {
    private final PagePool pool;
    private final int pageSize;
    private final PageKeys keys;
    private final long publishedHigh;
    private final long publishedLow;
    private final List<KvContext> contexts = new ArrayList<>();
    private final @Nullable Swap swap;
    private final DroppedPages dropping;
    private final PageTables tables;
    private final Optional<PageRestore> restore;
    private long nextContext;

    public KvStore(int totalPages, int pageSize, long secret0, long secret1) {
        this(totalPages, pageSize, secret0, secret1, 0x7075_626c_6963L, 0);
    }

    public KvStore(int totalPages, int pageSize, long secret0, long secret1, long publishedHigh, long publishedLow) {
        this(totalPages, pageSize, secret0, secret1, publishedHigh, publishedLow, 0);
    }

    /**
     * @param publishedHigh with {@code publishedLow} the salt of the keys that all owners share
     * @param hostPages pages that fit in host memory, 0 for none
     */
    public KvStore(
            int totalPages,
            int pageSize,
            long secret0,
            long secret1,
            long publishedHigh,
            long publishedLow,
            int hostPages) {
        pool = new PagePool(totalPages);
        swap = hostPages == 0 ? null : new Swap(pool, hostPages);
        this.pageSize = pageSize;
        keys = new PageKeys(secret0, secret1, pageSize);
        this.publishedHigh = publishedHigh;
        this.publishedLow = publishedLow;
        dropping = new DroppedPages(pageSize);
        tables = new PageTables(pool, pageSize, keys, dropping, swap);
        restore = swap().map(host -> new PageRestore(pool, pageSize, keys, tables, host));
    }

    public PagePool pool() {
        return pool;
    }

    /** Return what keeps displaced pages in host memory, empty if nothing does. */
    public Optional<Swap> swap() {
        return Optional.ofNullable(swap);
    }

    public int pageSize() {
        return pageSize;
    }

    /** Return the live contexts in arrival order; not to be changed. */
    public List<KvContext> contexts() {
        return contexts;
    }

    public int pagesFor(int rows) {
        return tables.pagesFor(rows);
    }

    public KvContext create(long saltHigh, long saltLow, boolean lookUp) {
        long n = nextContext++;
        return add(new KvContext(
                new ContextId(n),
                n,
                new PageKeys.Chain(saltHigh, saltLow),
                new PageKeys.Chain(publishedHigh, publishedLow),
                lookUp));
    }

    private KvContext add(KvContext context) {
        contexts.add(context);
        return context;
    }

    public void close(KvContext context) {
        if (!context.closed) {
            context.closed = true;
            if (swap != null) {
                swap.unwant(context);
            }
            tables.dropFrom(context, 0);
            context.adapters.clear(); // whoever still knows the context must not keep their numbers in memory
            contexts.remove(context);
        }
    }

    /** Take resident pages that hold the next rows, up to row {@code end} at most. Return the number of rows taken. */
    public int lookUp(KvContext c, int end) {
        return tables.lookUp(c, end);
    }

    /** Return the next pages of a context that can be copied back, of rows up to {@code end} and at most as many as slots can be had. */
    public Optional<Swap.Run> hostRun(KvContext c, int end) {
        return restore.flatMap(from -> from.hostRun(c, end));
    }

    /** Hand out the slots that a run of pages is copied back into. Return them. */
    public int[] slotsFor(KvContext c, Swap.Run run) {
        return restore.orElseThrow().slotsFor(c, run);
    }

    /** Note that pages were copied back into slots, unless the context has changed meanwhile. Return the rows that are there now. */
    public int restored(KvContext c, Swap.Run run, int[] slots) {
        return restore.orElseThrow().restored(c, run, slots);
    }

    /** Pass over committed pages that no row to come sees, when all rows before them are there and the rest will be brought back. */
    public void passDropped(KvContext c) {
        tables.passDropped(c);
    }

    /** Return a context's effective pages: each slot split among the contexts that hold it, in parts of {@link Fixed#PAGE}. */
    public long effective(KvContext c) {
        return tables.effective(c);
    }

    /** Return how many slots more a context needs to hold {@code pages} pages. */
    public int lacking(KvContext c, int pages) {
        return tables.lacking(c, pages);
    }

    /** Hand the lacking slots out. They must be available. */
    public void grow(KvContext c, int pages) {
        tables.grow(c, pages);
    }

    /** Add empty pages; their slots are taken now if there are any, else with the next rows. */
    public void reserve(KvContext c, int n) {
        c.pages += n;
        if (tables.lacking(c, c.pages) <= pool.available()) {
            tables.grow(c, c.pages);
        }
    }

    /** Note that the rows before {@code row} are in their slots, and make full pages up to row {@code sealLimit} immutable. */
    public void computed(KvContext c, int row, int sealLimit) {
        tables.computed(c, row, sealLimit);
    }

    /** Make rows before {@code row} written. */
    public void write(KvContext c, int row) {
        c.written = row;
    }

    /** Commit every full page of the rows before {@code limit}. */
    public void commit(KvContext c, int limit) {
        c.committed = Math.max(c.committed, Math.min(limit, c.written) / pageSize);
        tables.seal(c, Math.min(c.computed, c.committed * pageSize));
        tables.trim(c);
    }

    /** Commit the first k working pages, which must be full. */
    public void commitPages(KvContext c, int k) {
        commit(c, (c.committed + k) * pageSize);
    }

    /** Hide tokens [sink, n) from all rows to come, for good. */
    public void dropPrefix(KvContext c, int n, int sink) {
        see(c, c.visibility(c.written).hide(c.written, sink, n));
        commit(c, n);
    }

    /** Let each row to come see the first {@code sink} slots and the last {@code w} only; 0 ends that. */
    public void window(KvContext c, int w, int sink) {
        see(c, c.visibility(c.written).window(c.written, w, sink));
        commit(c, c.hiddenEnd()); // what the old window hid for good cannot be cut off either
    }

    private void see(KvContext c, Visibility next) {
        c.see(next);
        PageTables.forgetKeys(c, c.written / pageSize);
    }

    /** Have all rows that are not written yet computed with an adapter, empty for the model as it is. */
    public void adapt(KvContext c, Optional<Adapter> adapter) {
        if (c.adapt(c.written, adapter)) {
            PageTables.forgetKeys(c, c.written / pageSize);
        }
    }

    /** Return how many pages of a context are gone for good when it is whole. */
    public int droppedPages(KvContext c) {
        return dropping.of(c);
    }

    /** Return how many slots more a context needs, at most at once, until all rows before {@code target} are computed. */
    public int demand(KvContext c, int target) {
        return tables.demand(c, target);
    }

    /** Return the row up to which a context can be computed with the slots at hand. */
    public int reach(KvContext c) {
        return tables.reach(c);
    }

    /** Make the committed pages known to all owners, those that are not resident when they are again. */
    public void publish(KvContext c) {
        c.shared = c.committed;
        for (int page = 0; page < Math.min(c.sealed, c.shared); page++) {
            tables.share(c, page);
        }
    }

    /** Undo a pass: back to {@code length} tokens, {@code pages} pages and what is written. */
    public void rollback(KvContext c, int length, int pages) {
        c.length = length;
        c.pages = pages;
        tables.cut(c);
    }

    /** Give the last pages back, which have no rows that count. */
    public void shrink(KvContext c, int pages) {
        c.pages -= pages;
        tables.cut(c);
    }

    /** Drop the tokens from {@code length} on, written ones with the pages that this empties if {@code freePages}. */
    public void truncate(KvContext c, int length, boolean freePages) {
        c.length = length;
        if (length < c.written) {
            int emptied = pagesFor(c.written) - pagesFor(length);
            c.written = length;
            if (freePages) {
                c.pages -= emptied;
            }
        }
        tables.cut(c);
    }

    /** Drop written tokens from {@code written} on, and keep the pending ones behind them. */
    public void cutWritten(KvContext c, int written, int pages) {
        int[] pending = Arrays.copyOfRange(c.tokens, c.written, c.length);
        c.pages = pages;
        truncate(c, written, false);
        c.append(pending, null);
    }

    /** Give all slots up; what is in them is computed again when it is needed. */
    public void evict(KvContext c) {
        tables.evict(c);
    }

    /**
     * Make a copy that shares the immutable pages. Private pages with rows are copied by {@code copies} if slots are available; else
     * the copy computes those rows again.
     */
    public Fork fork(KvContext from) {
        long n = nextContext++;
        KvContext c = add(new KvContext(new ContextId(n), n, from.own.copy(), from.published.copy(), from.lookUp));
        c.tokens = Arrays.copyOf(from.tokens, Math.max(64, from.length));
        c.positions = from.positions == null ? null : Arrays.copyOf(from.positions, c.tokens.length);
        c.length = from.length;
        c.written = from.written;
        c.committed = from.committed;
        c.pages = from.pages;
        c.shared = from.shared;
        c.history(from);
        PageTables.room(c, from.resident);
        for (int page = 0; page < from.sealed; page++) {
            c.slots[page] = from.slots[page];
            if (from.slots[page] == KvContext.DROPPED) {
                c.dropped++;
            } else {
                pool.take(from.slots[page]);
            }
        }
        c.resident = from.sealed;
        c.sealed = from.sealed;
        c.computed = Math.min(from.computed, from.sealed * pageSize);
        int copies = Math.max(0, pagesFor(from.computed) - from.sealed);
        if (copies > pool.available()) {
            copies = 0;
        }
        int[] source = Arrays.copyOfRange(from.slots, from.sealed, from.sealed + copies);
        int[] target = new int[copies];
        for (int i = 0; i < copies; i++) {
            target[i] = pool.allocate();
            c.slots[c.resident++] = target[i];
        }
        if (copies > 0) {
            c.computed = from.computed;
        } else if (from.computed > c.computed) {
            tables.computeAgain(c, c.computed);
        }
        return new Fork(c, new CopyList(source, target));
    }

    /** Keep the first n of the slots from being handed out while a step or copy may touch them, whatever becomes of their contexts. */
    public void pin(int[] slots, int n) {
        for (int i = 0; i < n; i++) {
            pool.pin(slots[i]);
        }
    }

    /** Undo {@link #pin} for a step or copy that is over. */
    public void unpin(int[] slots, int n) {
        for (int i = 0; i < n; i++) {
            pool.unpin(slots[i]);
        }
    }

    /** Return all that a context follows from. */
    public Lineage lineage(KvContext c) {
        return new Lineage(
                Arrays.copyOf(c.tokens, c.length),
                c.positions == null ? null : Arrays.copyOf(c.positions, c.length),
                c.written,
                c.committed * pageSize,
                List.copyOf(c.masks),
                List.copyOf(c.visibility),
                List.copyOf(c.adapters));
    }

    /** Make a context of its lineage; nothing of it is computed. */
    public KvContext create(Lineage lineage, long saltHigh, long saltLow) {
        KvContext c = create(saltHigh, saltLow, true);
        c.append(lineage.tokens(), lineage.positions());
        c.written = lineage.written();
        c.committed = lineage.committed() / pageSize;
        c.pages = pagesFor(c.written);
        c.masks.addAll(lineage.masks());
        c.visibility.addAll(lineage.visibility());
        c.adapters.addAll(lineage.adapters());
        return c;
    }

    /** Name the first rows of a page by their content; empty if they saw later ones. */
    public Optional<PageKey> key(KvContext c, int page, int rows) {
        return Optional.ofNullable(keys.partial(c, c.own, page, rows));
    }

    /** Have the rows that were not copied computed again, with the dropped pages that they see. */
    public void copiesFailed(KvContext c) {
        tables.computeAgain(c, c.sealed * pageSize);
    }

    /** Give retained pages away, for tests and measurements. */
    public void clearRetained() {
        pool.clearRetained();
        if (swap != null) {
            swap.host().clear();
        }
    }

    /** Hold a new context and the page copies it waits for. */
    public record Fork(KvContext context, CopyList copies) {}

    /** Check the laws of pages and contexts. @throws PieException INTERNAL naming the breach */
    public void checkIntegrity() {
        int[] counted = new int[pool.total()];
        for (KvContext c : contexts) {
            int dropped = 0;
            for (int page = 0; page < c.resident; page++) {
                if (c.slots[page] == KvContext.DROPPED) {
                    dropped++;
                } else {
                    counted[c.slots[page]]++;
                    boolean known = page < c.sealed && keys.know(c, c.own, page);
                    if (known && tables.find(c, page) != c.slots[page]) {
                        throw new PieException(
                                ErrorCode.INTERNAL,
                                "page " + page + " of context " + c.id.value() + " is not found by its key");
                    }
                }
            }
            boolean sound = c.written <= c.length
                    && c.committed * pageSize <= c.written
                    && c.written <= c.pages * pageSize
                    && c.resident <= c.pages
                    && c.sealed <= c.resident
                    && c.sealed * pageSize <= c.computed
                    && c.computed <= c.resident * pageSize
                    && c.computed <= c.length
                    && dropped == c.dropped
                    && !c.closed;
            if (!sound) {
                throw new PieException(
                        ErrorCode.INTERNAL,
                        "context " + c.id.value() + " is unsound: length " + c.length + " written " + c.written
                                + " computed " + c.computed + " pages " + c.pages + " committed " + c.committed
                                + " resident " + c.resident + " sealed " + c.sealed);
            }
        }
        pool.checkIntegrity(counted);
        if (swap != null) {
            swap.checkIntegrity();
        }
    }
}
