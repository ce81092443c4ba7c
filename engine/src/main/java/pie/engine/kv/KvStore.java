package pie.engine.kv;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.driver.CopyList;
import pie.engine.market.Fixed;

/**
 * Own the pages and contexts of one device. Every row that a context lacks is computed from its lineage, be it new, displaced or cut
 * off, so look-up, restore and the first run of a pass are one operation: go on from {@code computed}.
 *
 * <p>A page that no row to come can see, be it a new one, one computed again or one after a truncation, leaves the table. That is a
 * consequence of what rows see and never a cause: rows see by token, whatever the page size and the moment.
 */
public final class KvStore {
    private final PagePool pool;
    private final int pageSize;
    private final PageKeys keys;
    private final long publishedHigh;
    private final long publishedLow;
    private final List<KvContext> contexts = new ArrayList<>();
    private long nextContext;

    public KvStore(int totalPages, int pageSize, long secret0, long secret1) {
        this(totalPages, pageSize, secret0, secret1, 0x7075_626c_6963L, 0);
    }

    /** @param publishedHigh with {@code publishedLow} the salt of the keys that all owners share */
    public KvStore(int totalPages, int pageSize, long secret0, long secret1, long publishedHigh, long publishedLow) {
        pool = new PagePool(totalPages);
        this.pageSize = pageSize;
        keys = new PageKeys(secret0, secret1, pageSize);
        this.publishedHigh = publishedHigh;
        this.publishedLow = publishedLow;
    }

    public PagePool pool() {
        return pool;
    }

    public int pageSize() {
        return pageSize;
    }

    /** Return the live contexts in arrival order; not to be changed. */
    public List<KvContext> contexts() {
        return contexts;
    }

    public int pagesFor(int rows) {
        return (rows + pageSize - 1) / pageSize;
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
            dropFrom(context, 0);
            contexts.remove(context);
        }
    }

    /** Take resident pages that hold the next rows, up to row {@code end} at most. Return the number of rows taken. */
    public int lookUp(KvContext c, int end) {
        int before = c.computed;
        if (!c.visibility.isEmpty()) {
            jump(c, Math.min(end / pageSize, c.committed));
        }
        while (c.computed == c.sealed * pageSize && c.computed + pageSize <= end) {
            int slot = find(c, c.sealed);
            if (slot < 0) {
                break;
            }
            take(c, slot);
        }
        c.pages = Math.max(c.pages, c.resident);
        return c.computed - before;
    }

    /** Take a resident page as the next one. */
    private void take(KvContext c, int slot) {
        pool.take(slot);
        if (c.resident > c.sealed) {
            pool.release(c.slots[c.sealed]);
        } else {
            room(c, c.resident + 1);
            c.resident++;
        }
        c.slots[c.sealed] = slot;
        share(c, c.sealed++);
        c.computed = c.sealed * pageSize;
    }

    /** Pass over pages that were dropped, if all others before page {@code end} are resident. */
    private void jump(KvContext c, int end) {
        if (c.computed != c.sealed * pageSize || c.resident != c.sealed || end <= c.sealed) {
            return;
        }
        int[] hidden = hidden(c, end * pageSize, end * pageSize);
        for (int page = c.sealed; page < end; page++) {
            if (!within(hidden, page) && find(c, page) < 0) {
                return;
            }
        }
        room(c, end);
        while (c.sealed < end) {
            if (within(hidden, c.sealed)) {
                passOver(c);
            } else {
                take(c, find(c, c.sealed));
            }
        }
    }

    /** Pass over committed pages that no row to come sees, when all rows before them are there and the rest will be brought back. */
    public void passDropped(KvContext c) {
        if (c.visibility.isEmpty()) {
            return;
        }
        int[] hidden = hidden(c, c.written, c.committed * pageSize);
        while (c.computed == c.sealed * pageSize
                && c.resident == c.sealed
                && c.sealed < c.committed
                && within(hidden, c.sealed)) {
            passOver(c);
        }
    }

    private void passOver(KvContext c) {
        room(c, c.resident + 1);
        c.slots[c.sealed++] = KvContext.DROPPED;
        c.resident++;
        c.dropped++;
        c.computed = c.sealed * pageSize;
    }

    /** Return the slot that holds what a full page of the context holds or would hold, -1 if there is none. */
    private int find(KvContext c, int page) {
        int slot = keys.know(c, c.own, page) ? pool.find(c.own.high(page), c.own.low(page)) : -1;
        if (slot < 0 && pool.published() > 0 && keys.know(c, c.published, page)) {
            slot = pool.find(c.published.high(page), c.published.low(page));
        }
        return slot;
    }

    /** Return a context's effective pages: each slot split among the contexts that hold it, in parts of {@link Fixed#PAGE}. */
    public long effective(KvContext c) {
        if (c.sharing != pool.sharing() || c.sharedPages > c.sealed) {
            c.sharing = pool.sharing();
            c.sharedPages = 0;
            c.sharedEffective = 0;
        }
        while (c.sharedPages < c.sealed) {
            int slot = c.slots[c.sharedPages++];
            int refs = slot == KvContext.DROPPED ? 0 : pool.refs(slot);
            c.sharedEffective += refs <= 1 ? refs * Fixed.PAGE : Fixed.PAGE / refs;
        }
        return c.sharedEffective + (c.resident - c.sealed) * Fixed.PAGE;
    }

    /** Return how many slots more a context needs to hold {@code pages} pages. */
    public int lacking(KvContext c, int pages) {
        return Math.max(0, whole(c, pages) - c.resident);
    }

    /** Return the pages to hold at once: all of the context, unless some of them will be dropped on the way. */
    private static int whole(KvContext c, int pages) {
        return c.visibility.isEmpty() ? Math.max(pages, c.pages) : pages;
    }

    /** Hand the lacking slots out. They must be available. */
    public void grow(KvContext c, int pages) {
        c.pages = Math.max(pages, c.pages);
        int most = whole(c, pages);
        room(c, most);
        while (c.resident < most) {
            c.slots[c.resident++] = pool.allocate();
        }
    }

    /** Add empty pages; their slots are taken now if there are any, else with the next rows. */
    public void reserve(KvContext c, int n) {
        c.pages += n;
        if (lacking(c, c.pages) <= pool.available()) {
            grow(c, c.pages);
        }
    }

    /** Note that the rows before {@code row} are in their slots, and make full pages up to row {@code sealLimit} immutable. */
    public void computed(KvContext c, int row, int sealLimit) {
        c.computed = Math.max(c.computed, row);
        seal(c, Math.min(c.computed, sealLimit));
        trim(c);
    }

    private void seal(KvContext c, int limit) {
        while ((c.sealed + 1) * pageSize <= limit) {
            int slot = c.slots[c.sealed];
            int known = find(c, c.sealed);
            if (known >= 0) {
                pool.take(known);
                pool.release(slot);
                c.slots[c.sealed] = known;
            } else if (keys.know(c, c.own, c.sealed)) {
                pool.commit(slot, c.own.high(c.sealed), c.own.low(c.sealed));
            } else {
                pool.commit(slot);
            }
            share(c, c.sealed++);
        }
    }

    /** Make rows before {@code row} written. */
    public void write(KvContext c, int row) {
        c.written = row;
    }

    /** Commit every full page of the rows before {@code limit}. */
    public void commit(KvContext c, int limit) {
        c.committed = Math.max(c.committed, Math.min(limit, c.written) / pageSize);
        seal(c, Math.min(c.computed, c.committed * pageSize));
        trim(c);
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
        forgetKeys(c, c.written / pageSize);
    }

    private static void forgetKeys(KvContext c, int page) {
        c.own.forget(page);
        c.published.forget(page);
    }

    /**
     * Give up the slots of pages that no row to come sees: none to be computed, none after a truncation, and not the last one, which
     * may be read again.
     */
    private void trim(KvContext c) {
        if (c.visibility.isEmpty()) {
            return;
        }
        int[] hidden = hidden(c, c.computed, Math.min(c.computed, c.committed * pageSize));
        int end = hidden.length == 0 ? 0 : Math.min(c.resident, hidden[hidden.length - 1] / pageSize);
        for (int page = end - 1; page >= 0; page--) {
            if (c.slots[page] != KvContext.DROPPED && within(hidden, page)) {
                pool.release(c.slots[page]);
                c.slots[page] = KvContext.DROPPED;
                c.dropped++;
                c.sharing = -1;
            }
        }
    }

    private static int[] hidden(KvContext c, int next, int least) {
        return c.visibility(next).hiddenFrom(Math.max(0, least - 1));
    }

    private boolean within(int[] ranges, int page) {
        for (int i = 0; i < ranges.length; i += 2) {
            if (ranges[i] <= page * pageSize && (page + 1) * pageSize <= ranges[i + 1]) {
                return true;
            }
        }
        return false;
    }

    /** Return how many pages of a context are gone for good when it is whole. */
    public int droppedPages(KvContext c) {
        return c.visibility.isEmpty() ? 0 : count(hidden(c, c.written, c.committed * pageSize));
    }

    private int count(int[] hidden) {
        int n = 0;
        for (int i = 0; i < hidden.length; i += 2) {
            n += Math.max(0, hidden[i + 1] / pageSize - pagesFor(hidden[i]));
        }
        return n;
    }

    /** Return how many slots more a context needs, at most at once, until all rows before {@code target} are computed. */
    public int demand(KvContext c, int target) {
        if (c.visibility.isEmpty() || c.computed >= c.written) {
            return lacking(c, pagesFor(target));
        }
        int most = pagesFor(target) - droppedPages(c);
        for (int from = 0; from < c.written; from = c.uniform(from)) {
            int to = Math.min(c.written, c.uniform(from));
            int[] hidden = hidden(c, from, Math.min(to, c.committed * pageSize));
            most = Math.max(most, pagesFor(to) - count(hidden));
        }
        return Math.max(0, Math.min(pool.total(), most + 1) - c.held());
    }

    /** Return the row up to which a context can be computed with the slots at hand. */
    public int reach(KvContext c) {
        return c.visibility.isEmpty() ? Integer.MAX_VALUE : (c.resident + pool.available()) * pageSize;
    }

    /** Make the committed pages known to all owners, those that are not resident when they are again. */
    public void publish(KvContext c) {
        c.shared = c.committed;
        for (int page = 0; page < Math.min(c.sealed, c.shared); page++) {
            share(c, page);
        }
    }

    private void share(KvContext c, int page) {
        if (page < c.shared && c.slots[page] != KvContext.DROPPED && keys.know(c, c.published, page)) {
            pool.publish(c.slots[page], c.published.high(page), c.published.low(page));
        }
    }

    /** Undo a pass: back to {@code length} tokens, {@code pages} pages and what is written. */
    public void rollback(KvContext c, int length, int pages) {
        c.length = length;
        c.pages = pages;
        cut(c);
    }

    /** Give the last pages back, which have no rows that count. */
    public void shrink(KvContext c, int pages) {
        c.pages -= pages;
        cut(c);
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
        cut(c);
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
        dropFrom(c, 0);
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
        room(c, from.resident);
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
            computeAgain(c, c.computed);
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
                List.copyOf(c.visibility));
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
        return c;
    }

    /** Name the first rows of a page by their content; empty if they saw later ones. */
    public Optional<PageKey> key(KvContext c, int page, int rows) {
        return Optional.ofNullable(keys.partial(c, c.own, page, rows));
    }

    /** Forget copies that did not happen. */
    public void copiesFailed(KvContext c) {
        computeAgain(c, c.sealed * pageSize);
    }

    /** Give retained pages away, for tests and measurements. */
    public void clearRetained() {
        pool.clearRetained();
    }

    /** Hold a new context and the page copies it waits for. */
    public record Fork(KvContext context, CopyList copies) {}

    private void cut(KvContext c) {
        int changed = c.cutHistory();
        forgetKeys(c, changed / pageSize);
        if (changed < c.length && changed < c.computed) {
            computeAgain(c, changed);
        }
        if (c.sealed * pageSize > c.written) {
            computeAgain(c, c.written / pageSize * pageSize);
        }
        if (c.resident > c.pages) {
            dropFrom(c, c.pages);
        }
        c.computed = Math.min(c.computed, c.written);
    }

    /** Have the rows from {@code row} on computed again, with those before it that they saw and that were dropped since. */
    private void computeAgain(KvContext c, int row) {
        int page = row / pageSize;
        for (int i = Math.min(page, c.resident) - 1; i >= 0 && c.dropped > 0; i--) {
            if (c.slots[i] == KvContext.DROPPED && !within(hidden(c, page * pageSize, page * pageSize + 1), i)) {
                page = i;
            }
        }
        dropFrom(c, page);
    }

    private void dropFrom(KvContext c, int page) {
        while (c.resident > page) {
            int slot = c.slots[--c.resident];
            if (slot == KvContext.DROPPED) {
                c.dropped--;
            } else {
                pool.release(slot);
            }
        }
        if (c.sharedPages > page) {
            c.sharing = -1;
        }
        c.sealed = Math.min(c.sealed, page);
        c.computed = Math.min(c.computed, page * pageSize);
    }

    private static void room(KvContext c, int pages) {
        if (pages > c.slots.length) {
            c.slots = Arrays.copyOf(c.slots, Math.max(pages, 2 * c.slots.length));
        }
    }

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
                    if (known && find(c, page) != c.slots[page]) {
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
    }
}
