package pie.engine.grammar;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Remember the {@link StateMask}s of one rule by {@link Automaton#kindKey}. Above its limit it forgets all. Safe for several threads. */
final class StateMasks {
    private static final long MOST_BYTES = 32L << 20;

    private final ConcurrentMap<Long, StateMask> masks = new ConcurrentHashMap<>();
    private final AtomicLong bytes = new AtomicLong();

    @Nullable
    StateMask find(long key) {
        return masks.get(key);
    }

    void add(long key, StateMask mask) {
        if (bytes.addAndGet(mask.memoryBytes()) > MOST_BYTES) {
            masks.clear();
            bytes.set(mask.memoryBytes());
        }
        masks.put(key, mask);
    }

    long memoryBytes() {
        return bytes.get();
    }
}
