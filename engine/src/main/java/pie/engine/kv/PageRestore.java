package pie.engine.kv;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Find pages of contexts that lie in host memory, and put those that were copied back into the page tables. */
final class PageRestore {
    private final PagePool pool;
    private final int pageSize;
    private final PageKeys keys;
    private final PageTables tables;
    private final Swap swap;

    PageRestore(PagePool pool, int pageSize, PageKeys keys, PageTables tables, Swap swap) {
        this.pool = pool;
        this.pageSize = pageSize;
        this.keys = keys;
        this.tables = tables;
        this.swap = swap;
    }

    /** Say where a full page of the context is that it does not hold. */
    PageLocation location(KvContext c, int page) {
        int slot = tables.find(c, page);
        if (slot >= 0) {
            return new PageLocation.Device(slot);
        }
        int place = hostPlace(c, c.own, page);
        if (place < 0) {
            place = hostPlace(c, c.published, page);
        }
        return place >= 0 ? new PageLocation.Host(place) : PageLocation.LINEAGE;
    }

    private int hostPlace(KvContext c, PageKeys.Chain chain, int page) {
        return keys.know(c, chain, page) ? swap.host().find(new PageKey(chain.high(page), chain.low(page))) : -1;
    }

    /** Return the next pages of a context that can be copied back, of rows up to {@code end} and at most as many as slots can be had. */
    Optional<Swap.Run> hostRun(KvContext c, int end) {
        if (c.computed != c.sealed * pageSize) {
            return Optional.empty();
        }
        int most = Math.min(end / pageSize - c.sealed, pool.available() + c.resident - c.sealed);
        List<PageKey> found = new ArrayList<>();
        List<Integer> places = new ArrayList<>();
        while (found.size() < most && location(c, c.sealed + found.size()) instanceof PageLocation.Host at) {
            found.add(Objects.requireNonNull(swap.host().key(at.slot())));
            places.add(at.slot());
        }
        return found.isEmpty()
                ? Optional.empty()
                : Optional.of(new Swap.Run(
                        c.sealed, found, places.stream().mapToInt(i -> i).toArray()));
    }

    /** Hand out the slots that a run of pages is copied back into. Return them. */
    int[] slotsFor(KvContext c, Swap.Run run) {
        int end = run.first() + run.keys().size();
        PageTables.room(c, end);
        while (c.resident < end) {
            c.slots[c.resident++] = pool.allocate();
        }
        c.pages = Math.max(c.pages, c.resident);
        return Arrays.copyOfRange(c.slots, run.first(), end);
    }

    /** Note that pages were copied back into slots, unless the context has changed meanwhile. Return the rows that are there now. */
    int restored(KvContext c, Swap.Run run, int[] slots) {
        int before = c.computed;
        for (int i = 0; i < slots.length; i++) {
            int page = run.first() + i;
            boolean there = !c.closed
                    && c.computed == page * pageSize
                    && c.sealed == page
                    && c.resident > page
                    && c.slots[page] == slots[i]
                    && swap.host().holds(run.places()[i], run.keys().get(i))
                    && (names(c, c.own, page, run.keys().get(i))
                            || names(c, c.published, page, run.keys().get(i)));
            if (!there) {
                break;
            }
            tables.computed(c, (page + 1) * pageSize, (page + 1) * pageSize);
        }
        return c.computed - before;
    }

    private boolean names(KvContext c, PageKeys.Chain chain, int page, PageKey key) {
        return (page + 1) * pageSize <= c.length
                && keys.know(c, chain, page)
                && chain.high(page) == key.high()
                && chain.low(page) == key.low();
    }
}
