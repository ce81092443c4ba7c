package pie.engine.kv;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.driver.CopyList;
import pie.engine.market.Fixed;

/**
 * Own the pages and contexts of one device. Every row that a context lacks is computed from its lineage, be it new, displaced or cut
 * off, so look-up, restore and the first run of a pass are one operation: go on from {@code computed}.
 *
 * <p>Rows under an attention mask cannot be replayed: pages from the first such row on get no key, and a context that has written one
 * keeps its slots until it is closed.
 */
public final class KvStore {
    private final PagePool pool;
    private final int pageSize;
    private final SipHash digest;
    private final long[] words;
    private final List<KvContext> contexts = new ArrayList<>();
    private long nextContext;

    public KvStore(int totalPages, int pageSize, long secret0, long secret1) {
        pool = new PagePool(totalPages);
        this.pageSize = pageSize;
        digest = new SipHash(secret0, secret1);
        words = new long[pageSize + 2];
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
        KvContext context = new KvContext(new ContextId(n), n, saltHigh, saltLow, lookUp);
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
        while (c.computed == c.sealed * pageSize && c.computed + pageSize <= end && key(c, c.sealed)) {
            int slot = pool.find(digest.high(), digest.low());
            if (slot < 0) {
                break;
            }
            pool.take(slot);
            if (c.resident > c.sealed) {
                pool.release(c.slots[c.sealed]);
            } else {
                room(c, c.resident + 1);
                c.resident++;
            }
            c.slots[c.sealed++] = slot;
            c.computed = c.sealed * pageSize;
        }
        c.pages = Math.max(c.pages, c.resident);
        return c.computed - before;
    }

    /** Return a context's effective pages: each slot split among the contexts that hold it, in parts of {@link Fixed#PAGE}. */
    public long effective(KvContext c) {
        if (c.sharing != pool.sharing() || c.sharedPages > c.sealed) {
            c.sharing = pool.sharing();
            c.sharedPages = 0;
            c.sharedEffective = 0;
        }
        while (c.sharedPages < c.sealed) {
            int refs = pool.refs(c.slots[c.sharedPages++]);
            c.sharedEffective += refs == 1 ? Fixed.PAGE : Fixed.PAGE / refs;
        }
        return c.sharedEffective + (c.resident - c.sealed) * Fixed.PAGE;
    }

    /** Return how many slots more a context needs to hold {@code pages} pages. */
    public int lacking(KvContext c, int pages) {
        return Math.max(0, Math.max(pages, c.pages) - c.resident);
    }

    /** Hand the lacking slots out. They must be available. */
    public void grow(KvContext c, int pages) {
        c.pages = Math.max(pages, c.pages);
        room(c, c.pages);
        while (c.resident < c.pages) {
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
    }

    private void seal(KvContext c, int limit) {
        while ((c.sealed + 1) * pageSize <= limit) {
            int slot = c.slots[c.sealed];
            if (!key(c, c.sealed)) {
                pool.commit(slot);
            } else {
                int known = pool.find(digest.high(), digest.low());
                if (known < 0) {
                    pool.commit(slot, digest.high(), digest.low());
                } else {
                    pool.take(known);
                    pool.release(slot);
                    c.slots[c.sealed] = known;
                }
            }
            c.sealed++;
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
    }

    /** Commit the first k working pages, which must be full. */
    public void commitPages(KvContext c, int k) {
        commit(c, (c.committed + k) * pageSize);
    }

    /** Note that the rows from {@code row} on were computed under an attention mask. */
    public void masked(KvContext c, int row) {
        c.firstMasked = Math.min(c.firstMasked, row);
    }

    /** Undo a pass: back to {@code length} tokens, {@code pages} pages and what is written. */
    public void rollback(KvContext c, int length, int pages) {
        c.length = length;
        c.pages = pages;
        cut(c);
    }

    /** Drop the tokens from {@code length} on, written ones with the pages that this empties if {@code freePages}. */
    public void truncate(KvContext c, int length, boolean freePages) {
        c.length = length;
        if (length < c.written) {
            int emptied = pagesFor(c.written) - pagesFor(length);
            c.written = length;
            if (c.firstMasked >= length) {
                c.firstMasked = Integer.MAX_VALUE;
            }
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
        KvContext c = create(from.saltHigh, from.saltLow, from.lookUp);
        c.tokens = Arrays.copyOf(from.tokens, Math.max(64, from.length));
        c.positions = from.positions == null ? null : Arrays.copyOf(from.positions, c.tokens.length);
        c.length = from.length;
        c.written = from.written;
        c.committed = from.committed;
        c.pages = from.pages;
        c.firstMasked = from.firstMasked;
        room(c, from.resident);
        for (int page = 0; page < from.sealed; page++) {
            pool.take(from.slots[page]);
            c.slots[page] = from.slots[page];
        }
        c.resident = from.sealed;
        c.sealed = from.sealed;
        c.computed = Math.min(from.computed, from.sealed * pageSize);
        int copies = Math.max(0, pagesFor(from.computed) - from.sealed);
        if (copies > pool.available()) {
            if (!from.replayable()) {
                close(c);
                throw new PieException(
                        ErrorCode.OUT_OF_PAGES,
                        "fork needs " + copies + " pages and " + pool.available()
                                + " are free: close other contexts first");
            }
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

    /** Forget copies that did not happen. */
    public void copiesFailed(KvContext c) {
        dropFrom(c, c.sealed);
    }

    /** Give retained pages away, for tests and measurements. */
    public void clearRetained() {
        pool.clearRetained();
    }

    /** Hold a new context and the page copies it waits for. */
    public record Fork(KvContext context, CopyList copies) {}

    private void cut(KvContext c) {
        if (c.sealed * pageSize > c.written) {
            dropFrom(c, c.written / pageSize);
        }
        if (c.resident > c.pages) {
            dropFrom(c, c.pages);
        }
        c.computed = Math.min(c.computed, c.written);
    }

    private void dropFrom(KvContext c, int page) {
        while (c.resident > page) {
            pool.release(c.slots[--c.resident]);
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

    /** Put the key of a full page into the digest; return false if the page has none. */
    private boolean key(KvContext c, int page) {
        int from = page * pageSize;
        if (!(c.firstMasked >= from + pageSize)) {
            return false;
        }
        if (page == 0) {
            words[0] = c.saltHigh;
            words[1] = c.saltLow;
        } else {
            int parent = c.slots[page - 1];
            if (!pool.keyed(parent)) {
                return false;
            }
            words[0] = pool.keyHigh(parent);
            words[1] = pool.keyLow(parent);
        }
        for (int i = 0; i < pageSize; i++) {
            words[2 + i] = (long) c.tokens[from + i] << 32 | c.position(from + i);
        }
        digest.hash(words, pageSize + 2);
        return true;
    }

    /** Check the laws of pages and contexts. @throws PieException INTERNAL naming the breach */
    public void checkIntegrity() {
        int[] counted = new int[pool.total()];
        for (KvContext c : contexts) {
            for (int page = 0; page < c.resident; page++) {
                counted[c.slots[page]]++;
            }
            boolean sound = c.written <= c.length
                    && c.committed * pageSize <= c.written
                    && c.written <= c.pages * pageSize
                    && c.resident <= c.pages
                    && c.sealed <= c.resident
                    && c.sealed * pageSize <= c.computed
                    && c.computed <= c.resident * pageSize
                    && c.computed <= c.length
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
