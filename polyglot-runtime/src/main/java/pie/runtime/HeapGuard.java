package pie.runtime;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;

/**
 * Choose the guest to end when the heap is full.
 *
 * <p>HotSpot cannot count the heap of a guest. What a full heap holds more than a calm one was allocated in between, so the guest
 * that allocated most since then is taken for the holder. It is chosen only on the figure of a whole collection, since garbage that
 * nobody has collected yet looks like everybody's holdings, and only one on each.
 */
final class HeapGuard<G> {
    private static final double FULL = 0.8;
    private static final int TICKS_BETWEEN_COLLECTIONS = 40;

    private final long limit;
    private final long guestMemory;
    private final ToLongFunction<G> allocated;
    private final Runnable collect;
    private final Map<G, Long> allocatedWhenCalm = new HashMap<>();
    private long judged = -1;
    private int ticksToCollection;

    /**
     * @param heap the most that the heap may hold, in bytes
     * @param guestMemory a guest that allocated less than this is never chosen, in bytes
     * @param allocated what a guest has allocated in its life, in bytes
     * @param collect asks for a whole collection
     */
    HeapGuard(long heap, long guestMemory, ToLongFunction<G> allocated, Runnable collect) {
        this.limit = (long) (FULL * heap);
        this.guestMemory = guestMemory;
        this.allocated = allocated;
        this.collect = collect;
    }

    /** Return the guest to end now; called each tick with all that run. */
    Optional<G> choose(HeapFigures.Figure heap, Collection<? extends G> guests) {
        allocatedWhenCalm.keySet().retainAll(guests);
        ticksToCollection = Math.max(0, ticksToCollection - 1);
        if (heap.used() <= limit) {
            guests.forEach(guest -> allocatedWhenCalm.put(guest, allocated.applyAsLong(guest)));
            return Optional.empty();
        }
        if (heap.whole() && heap.number() != judged) {
            judged = heap.number();
            return guests.stream()
                    .<G>map(guest -> guest)
                    .max(Comparator.comparingLong(this::allocatedSince))
                    .filter(top -> allocatedSince(top) > guestMemory);
        }
        if (ticksToCollection == 0) {
            ticksToCollection = TICKS_BETWEEN_COLLECTIONS;
            collect.run();
        }
        return Optional.empty();
    }

    private long allocatedSince(G guest) {
        return allocated.applyAsLong(guest) - allocatedWhenCalm.getOrDefault(guest, 0L);
    }
}
