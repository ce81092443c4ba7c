package pie.engine.grammar;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Remember whole masks of one grammar by the part of the stacks that they depend on. Two generations stand in for an order of use:
 * when the young one is half the limit, it becomes the old one and the old one goes. Safe for use from several threads.
 */
final class MaskCache {
    /** Stands under a key whose depth does not decide the mask: look one deeper. */
    static final long[] DEEPER = new long[0];

    private static final int MOST_MASKS = 4096;
    private static final long MOST_BYTES = 32L << 20;

    private record Generation(ConcurrentMap<MaskKey, long[]> masks, AtomicInteger count, AtomicLong bytes) {
        Generation() {
            this(new ConcurrentHashMap<>(), new AtomicInteger(), new AtomicLong());
        }
    }

    private volatile Generation young = new Generation();
    private volatile Generation old = new Generation();

    /** Return the mask or {@link #DEEPER}, null if neither is known. Neither the key nor the mask may be changed or kept. */
    long @Nullable [] find(MaskKey key) {
        long @Nullable [] mask = young.masks().get(key);
        if (mask != null) {
            return mask;
        }
        mask = old.masks().get(key);
        if (mask != null) {
            add(key, mask);
        }
        return mask;
    }

    void add(MaskKey key, long[] mask) {
        Generation now = young;
        if (now.masks().putIfAbsent(key.copy(), mask) != null) {
            return;
        }
        long bytes = now.bytes().addAndGet(key.memoryBytes() + 8L * mask.length);
        if (now.count().incrementAndGet() > MOST_MASKS / 2 || bytes > MOST_BYTES / 2) {
            old = now;
            young = new Generation();
        }
    }

    long memoryBytes() {
        return young.bytes().get() + old.bytes().get();
    }
}
