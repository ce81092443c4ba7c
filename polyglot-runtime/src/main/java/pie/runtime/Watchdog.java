package pie.runtime;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pie.engine.ErrorCode;
import pie.engine.PieException;

/** Look at every running guest each 50 ms: CPU and wall time against its budget, printed text to let out, the heap when it is full. */
final class Watchdog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Watchdog.class);
    private static final Duration PERIOD = Duration.ofMillis(50);
    /** What ending a program takes, where programs have taken all there is. */
    private static final int RESERVE = 4 << 20;

    private final Supplier<Collection<? extends GuestProcess<?>>> running;
    private final Runnable everyTick;
    private final long guestMemory;
    private final HeapFigures heap = new HeapFigures();
    private final HeapGuard<GuestProcess<?>> guard;
    private final Thread thread;
    private byte @Nullable [] reserve = new byte[RESERVE];

    Watchdog(Supplier<Collection<? extends GuestProcess<?>>> running, Runnable everyTick, long guestMemory) {
        this.running = running;
        this.everyTick = everyTick;
        this.guestMemory = guestMemory;
        this.guard = new HeapGuard<>(
                Runtime.getRuntime().maxMemory(), guestMemory, GuestProcess::allocatedBytes, System::gc);
        this.thread = Thread.ofPlatform().name("pie-watchdog").daemon().start(this::watch);
    }

    private void watch() {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                Thread.sleep(PERIOD);
                look();
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                LOG.error("the watchdog stumbled", e);
            } catch (OutOfMemoryError e) {
                starved();
            }
        }
    }

    private void look() {
        Collection<? extends GuestProcess<?>> guests = running.get();
        guests.forEach(GuestProcess::tick);
        guard.choose(heap.last(), guests).ifPresent(this::end);
        everyTick.run();
        if (reserve == null && heap.last().used() < Runtime.getRuntime().maxMemory() / 2) {
            reserve = new byte[RESERVE];
        }
    }

    /** Not even this thread gets memory, so no figure of a collection is waited for. Where this fails too, the next look tries again. */
    private void starved() {
        reserve = null;
        try {
            guard.chooseStarved(running.get()).ifPresent(this::end);
        } catch (OutOfMemoryError | RuntimeException e) {
            Thread.yield();
        }
    }

    private void end(GuestProcess<?> guest) {
        guest.end(new PieException(
                ErrorCode.LIMIT_EXCEEDED,
                "the heap is full, and the program allocated most of it: hold less, or give the server a larger heap",
                Map.of("limit", "heap", "bytes", guestMemory)));
    }

    @Override
    public void close() {
        thread.interrupt();
        heap.close();
    }
}
