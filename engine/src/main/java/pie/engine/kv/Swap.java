package pie.engine.kv;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Keep pages that suspended contexts will want again in host memory, so that they need not be computed again.
 *
 * <p>A page leaves the device only when its slot is given away, and is read in that moment: whoever got the slot writes it in a later
 * step, and a device does things in order. So the copies that {@link #spills} names must be asked of the device before anything else.
 */
public final class Swap implements PagePool.Retention {
    private final PagePool pool;
    private final HostTier host;
    private final WantedPages wanted = new WantedPages();
    private BooleanSupplier worth = () -> true;
    private int[] spilled = new int[16];
    private int[] places = new int[16];
    private int count;

    Swap(PagePool pool, int hostPages) {
        this.pool = pool;
        host = new HostTier(hostPages);
        pool.retention(this);
    }

    public HostTier host() {
        return host;
    }

    /** Ask before a page is copied out whether that is cheaper than to compute it again. */
    public void worth(BooleanSupplier question) {
        worth = question;
    }

    /** Name a page's copies out: device slots and the host slots they go to. */
    public record Spills(int[] slots, int[] places) {}

    /** Return the pages to copy out since the last call, empty for none. */
    public Optional<Spills> spills() {
        if (count == 0) {
            return Optional.empty();
        }
        Spills all = new Spills(Arrays.copyOf(spilled, count), Arrays.copyOf(places, count));
        count = 0;
        return Optional.of(all);
    }

    @Override
    public boolean wanted(int slot) {
        PageKey key = pool.key(slot);
        return key != null && wanted.contains(key);
    }

    @Override
    public void reclaimed(int slot) {
        PageKey key = pool.key(slot);
        if (key == null || !wanted.contains(key) || !worth.getAsBoolean()) {
            return;
        }
        int place = host.offer(key);
        if (place < 0) {
            return;
        }
        if (count == spilled.length) {
            spilled = Arrays.copyOf(spilled, 2 * count);
            places = Arrays.copyOf(places, 2 * count);
        }
        spilled[count] = slot;
        places[count++] = place;
    }

    /** Note that a context is about to lose its pages and will want them again. */
    void want(KvContext c) {
        for (int page = 0; page < c.sealed; page++) {
            int slot = c.slots[page];
            @Nullable PageKey key = slot == KvContext.DROPPED ? null : pool.key(slot);
            if (page == c.wanted.size()) {
                c.wanted.add(key);
            } else {
                leave(c.wanted.set(page, key));
            }
            if (key != null) {
                wanted.add(key);
            }
        }
    }

    /** Note that a context has its pages again, or will never want them. */
    void unwant(KvContext c) {
        for (@Nullable PageKey key : c.wanted) {
            leave(key);
        }
        c.wanted.clear();
    }

    private void leave(@Nullable PageKey key) {
        if (key != null && wanted.remove(key)) {
            int slot = pool.find(key.high(), key.low());
            if (slot >= 0) {
                pool.reconsider(slot);
            }
        }
    }

    /** Return how many pages are wanted by contexts that do not have them. */
    public int wanted() {
        return wanted.size();
    }

    /** Name pages in host memory that are the next ones of a context. */
    public record Run(int first, List<PageKey> keys, int[] places) {}

    void checkIntegrity() {
        host.checkIntegrity();
    }
}
