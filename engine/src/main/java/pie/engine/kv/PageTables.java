package pie.engine.kv;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import pie.engine.market.Fixed;

/**
 * Change the page tables of contexts: take slots and give them up, make pages immutable and find them again by what is in them.
 *
 * <p>A page that no row to come can see, be it a new one, one computed again or one after a truncation, leaves the table. That is a
 * consequence of what rows see and never a cause: rows see by token, whatever the page size and the moment.
 */
final class PageTables {
    private final PagePool pool;
    private final int pageSize;
    private final PageKeys keys;
    private final DroppedPages dropping;
    private final @Nullable Swap swap;

    PageTables(PagePool pool, int pageSize, PageKeys keys, DroppedPages dropping, @Nullable Swap swap) {
        this.pool = pool;
        this.pageSize = pageSize;
        this.keys = keys;
        this.dropping = dropping;
        this.swap = swap;
    }

    int pagesFor(int rows) {
        return (rows + pageSize - 1) / pageSize;
    }

    /** Return the slot that holds what a full page of the context holds or would hold, -1 if there is none. */
    int find(KvContext c, int page) {
        int slot = keys.know(c, c.own, page) ? pool.find(c.own.high(page), c.own.low(page)) : -1;
        if (slot < 0 && pool.published() > 0 && keys.know(c, c.published, page)) {
            slot = pool.find(c.published.high(page), c.published.low(page));
        }
        return slot;
    }

    /** Take resident pages that hold the next rows, up to row {@code end} at most. Return the number of rows taken. */
    int lookUp(KvContext c, int end) {
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
        if (c.computed > before) {
            trim(c); // among them may be pages that only rows which are there now would see
        }
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
        back(c);
    }

    /** Note that all pages which a context lost are there again, if so. */
    private void back(KvContext c) {
        if (swap != null && !c.wanted.isEmpty() && c.sealed >= c.wanted.size()) {
            swap.unwant(c);
        }
    }

    /** Pass over pages that were dropped, if all others before page {@code end} are resident. */
    private void jump(KvContext c, int end) {
        if (c.computed != c.sealed * pageSize || c.resident != c.sealed || end <= c.sealed) {
            return;
        }
        int[] hidden = DroppedPages.hidden(c, end * pageSize, end * pageSize);
        for (int page = c.sealed; page < end; page++) {
            if (!dropping.within(hidden, page) && find(c, page) < 0) {
                return;
            }
        }
        room(c, end);
        while (c.sealed < end) {
            if (dropping.within(hidden, c.sealed)) {
                passOver(c);
            } else {
                take(c, find(c, c.sealed));
            }
        }
    }

    /** Pass over committed pages that no row to come sees, when all rows before them are there and the rest will be brought back. */
    void passDropped(KvContext c) {
        if (c.visibility.isEmpty()) {
            return;
        }
        int[] hidden = DroppedPages.hidden(c, c.written, c.committed * pageSize);
        while (c.computed == c.sealed * pageSize
                && c.resident == c.sealed
                && c.sealed < c.committed
                && dropping.within(hidden, c.sealed)) {
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

    /** Return a context's effective pages: each slot split among the contexts that hold it, in parts of {@link Fixed#PAGE}. */
    long effective(KvContext c) {
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
    int lacking(KvContext c, int pages) {
        return Math.max(0, whole(c, pages) - c.resident);
    }

    /** Return the pages to hold at once: all of the context, unless some of them will be dropped on the way. */
    private static int whole(KvContext c, int pages) {
        return c.visibility.isEmpty() ? Math.max(pages, c.pages) : pages;
    }

    /** Hand the lacking slots out. They must be available. */
    void grow(KvContext c, int pages) {
        c.pages = Math.max(pages, c.pages);
        int most = whole(c, pages);
        room(c, most);
        while (c.resident < most) {
            c.slots[c.resident++] = pool.allocate();
        }
    }

    /** Note that the rows before {@code row} are in their slots, and make full pages up to row {@code sealLimit} immutable. */
    void computed(KvContext c, int row, int sealLimit) {
        c.computed = Math.max(c.computed, row);
        seal(c, Math.min(c.computed, sealLimit));
        trim(c);
    }

    void seal(KvContext c, int limit) {
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
        back(c);
    }

    /**
     * Give up the slots of pages that no row to come sees: none to be computed, none after a truncation, and not the last one, which
     * may be read again.
     */
    void trim(KvContext c) {
        if (c.visibility.isEmpty()) {
            return;
        }
        int[] hidden = DroppedPages.hidden(c, c.computed, Math.min(c.computed, c.committed * pageSize));
        int end = hidden.length == 0 ? 0 : Math.min(c.resident, hidden[hidden.length - 1] / pageSize);
        for (int page = end - 1; page >= 0; page--) {
            if (c.slots[page] != KvContext.DROPPED && dropping.within(hidden, page)) {
                pool.release(c.slots[page]);
                c.slots[page] = KvContext.DROPPED;
                c.dropped++;
                c.sharing = -1;
            }
        }
    }

    void share(KvContext c, int page) {
        if (page < c.shared && c.slots[page] != KvContext.DROPPED && keys.know(c, c.published, page)) {
            pool.publish(c.slots[page], c.published.high(page), c.published.low(page));
        }
    }

    /** Return how many slots more a context needs, at most at once, until all rows before {@code target} are computed. */
    int demand(KvContext c, int target) {
        if (c.visibility.isEmpty() || c.computed >= c.written) {
            return lacking(c, pagesFor(target));
        }
        int most = dropping.most(c, target);
        return Math.max(0, Math.min(pool.total(), most + 1) - c.held());
    }

    /** Return the row up to which a context can be computed with the slots at hand. */
    int reach(KvContext c) {
        return c.visibility.isEmpty() ? Integer.MAX_VALUE : (c.resident + pool.available()) * pageSize;
    }

    void cut(KvContext c) {
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
    void computeAgain(KvContext c, int row) {
        int page = row / pageSize;
        for (int i = Math.min(page, c.resident) - 1; i >= 0 && c.dropped > 0; i--) {
            if (c.slots[i] == KvContext.DROPPED
                    && !dropping.within(DroppedPages.hidden(c, page * pageSize, page * pageSize + 1), i)) {
                page = i;
            }
        }
        dropFrom(c, page);
    }

    void dropFrom(KvContext c, int page) {
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

    /** Give all slots up; what is in them is computed again when it is needed. */
    void evict(KvContext c) {
        if (swap != null) {
            swap.want(c);
        }
        dropFrom(c, 0);
    }

    static void forgetKeys(KvContext c, int page) {
        c.own.forget(page);
        c.published.forget(page);
    }

    static void room(KvContext c, int pages) {
        if (pages > c.slots.length) {
            c.slots = Arrays.copyOf(c.slots, Math.max(pages, 2 * c.slots.length));
        }
    }
}
