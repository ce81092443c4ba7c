package pie.runtime;

import com.sun.management.GarbageCollectorMXBean;
import com.sun.management.GcInfo;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryType;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pie.engine.ErrorCode;
import pie.engine.PieException;

/**
 * Look at every running guest each 50 ms: CPU and wall time against its budget, its allocations against the heap.
 *
 * <p>Heap cannot be counted per guest. A guest is taken for the culprit when the heap in use after a collection has grown by more
 * than one guest's share since it began, and it allocated that much, and no other guest allocated more.
 */
final class Watchdog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Watchdog.class);
    private static final Duration PERIOD = Duration.ofMillis(50);

    private final Supplier<Collection<? extends GuestProcess<?>>> running;
    private final Runnable everyTick;
    private final long guestMemory;
    private final Set<String> heapPools = new HashSet<>();
    private final List<GarbageCollectorMXBean> collectors =
            ManagementFactory.getPlatformMXBeans(GarbageCollectorMXBean.class);
    private final Thread thread;

    Watchdog(Supplier<Collection<? extends GuestProcess<?>>> running, Runnable everyTick, long guestMemory) {
        this.running = running;
        this.everyTick = everyTick;
        this.guestMemory = guestMemory;
        ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .forEach(pool -> heapPools.add(pool.getName()));
        this.thread = Thread.ofPlatform().name("pie-watchdog").daemon().start(this::watch);
    }

    private void watch() {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                Thread.sleep(PERIOD);
                Collection<? extends GuestProcess<?>> guests = running.get();
                guests.forEach(GuestProcess::tick);
                checkHeap(guests);
                everyTick.run();
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                LOG.error("the watchdog stumbled", e);
            }
        }
    }

    private void checkHeap(Collection<? extends GuestProcess<?>> guests) {
        long heap = heapAfterCollection();
        for (GuestProcess<?> guest : guests) {
            guest.baselineHeap(heap);
        }
        guests.stream()
                .max(Comparator.comparingLong(GuestProcess::allocatedBytes))
                .filter(top -> top.allocatedBytes() > guestMemory)
                .filter(top -> heap - top.baselineHeap(heap) > guestMemory)
                .ifPresent(top -> top.end(new PieException(
                        ErrorCode.LIMIT_EXCEEDED,
                        "the program holds more heap than the " + (guestMemory >> 20) + " MiB it may",
                        Map.of("limit", "heap", "bytes", guestMemory))));
    }

    /** Return the bytes in use after the last collection, 0 before the first. */
    private long heapAfterCollection() {
        long used = 0;
        long latest = -1;
        for (GarbageCollectorMXBean collector : collectors) {
            @Nullable GcInfo info = collector.getLastGcInfo();
            if (info != null && info.getEndTime() > latest) {
                latest = info.getEndTime();
                used = 0;
                for (var pool : info.getMemoryUsageAfterGc().entrySet()) {
                    if (heapPools.contains(pool.getKey())) {
                        used += pool.getValue().getUsed();
                    }
                }
            }
        }
        return used;
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
