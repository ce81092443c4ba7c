package pie.runtime;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Choose the guest to end when the heap is full.
 *
 * <p>HotSpot cannot count the heap of a guest. What a full heap holds more than a calm one was allocated in between, so the guest
 * that allocated most since then is taken for the holder. It is chosen only on the figure of a whole collection, since garbage that
 * nobody has collected yet looks like everybody's holdings, and only one on each. What it holds is there until it has ended: the next
 * one is chosen on a collection after that.
 */
final class HeapGuard<G> {
    private static final double FULL = 0.8;
    private static final int TICKS_BETWEEN_COLLECTIONS = 40;
    /** Ticks that a chosen guest has to end; one that does not must not keep the heap full for ever. */
    private static final int TICKS_TO_END = 200;

    private final long limit;
    private final long least;
    private final ToLongFunction<G> allocated;
    private final Runnable collect;
    private final Map<G, Long> allocatedWhenCalm = new HashMap<>();
    private long judged;
    private int ticksToCollection;
    private @Nullable G ending;
    private int ticksToEnd;

    /**
     * @param heap the most that the heap may hold, in bytes
     * @param guestMemory a guest that allocated less than this is never chosen, in bytes, unless that is more than a quarter of what
     *     is left of a full heap: a small one would have overflowed by then
     * @param allocated what a guest has allocated in its life, in bytes
     * @param collect asks for a whole collection
     */
    HeapGuard(long heap, long guestMemory, ToLongFunction<G> allocated, Runnable collect) {
        this.limit = (long) (FULL * heap);
        this.least = Math.min(guestMemory, (heap - limit) / 4);
        this.allocated = allocated;
        this.collect = collect;
    }

    /** Return the guest to end now; called each tick with all that run. */
    Optional<G> choose(HeapFigures.Figure heap, Collection<? extends G> guests) {
        allocatedWhenCalm.keySet().retainAll(guests);
        ticksToCollection = Math.max(0, ticksToCollection - 1);
        if (heap.used() <= limit) {
            guests.forEach(guest -> allocatedWhenCalm.put(guest, allocated.applyAsLong(guest)));
            judged = heap.whole();
            return Optional.empty();
        }
        if (stillEnding(heap, guests)) {
            return Optional.empty();
        }
        if (heap.whole() != judged) {
            judged = heap.whole();
            if (heap.live() > limit) {
                return top(guests);
            }
        }
        if (ticksToCollection == 0) {
            ticksToCollection = TICKS_BETWEEN_COLLECTIONS;
            collect.run();
        }
        return Optional.empty();
    }

    /** Return the guest to end where an allocation has failed, which says as much as any figure: none while one is ending. */
    Optional<G> chooseStarved(Collection<? extends G> guests) {
        return ending != null && guests.contains(ending) && ticksToEnd-- > 0 ? Optional.empty() : top(guests);
    }

    private Optional<G> top(Collection<? extends G> guests) {
        Optional<G> chosen = guests.stream()
                .<G>map(guest -> guest)
                .max(Comparator.comparingLong(this::allocatedSince))
                .filter(top -> allocatedSince(top) > least);
        ending = chosen.orElse(null);
        ticksToEnd = TICKS_TO_END;
        return chosen;
    }

    /** Say whether the guest chosen last is there yet. Once it is not, figures from before count for nothing. */
    private boolean stillEnding(HeapFigures.Figure heap, Collection<? extends G> guests) {
        if (ending == null) {
            return false;
        }
        if (guests.contains(ending) && ticksToEnd-- > 0) {
            return true;
        }
        ending = null;
        judged = heap.whole();
        return false;
    }

    private long allocatedSince(G guest) {
        return allocated.applyAsLong(guest) - allocatedWhenCalm.getOrDefault(guest, 0L);
    }
}
