package pie.runtime;

import java.util.List;
import java.util.concurrent.TimeUnit;
import pie.engine.trace.Place;
import pie.engine.trace.StackSource;
import pie.engine.trace.Timeline;

/**
 * Look now and then at what code of its own a program is in, while it is in some. Each look stands for the guest time since the one
 * before, so that all of them together stand for nearly all of it.
 */
final class GuestSampler implements AutoCloseable {
    private static final long PERIOD_MILLIS = 5;
    private static final String GUEST = "guest";

    private final Thread thread;

    private GuestSampler(Thread thread) {
        this.thread = thread;
    }

    /** Sample into a timeline until closed. */
    static GuestSampler start(Timeline timeline, StackSource stacks, Thread guest, WaitClock clock) {
        return new GuestSampler(
                Thread.ofPlatform().daemon().name("pie-sampler").start(() -> run(timeline, stacks, guest, clock)));
    }

    private static void run(Timeline timeline, StackSource stacks, Thread guest, WaitClock clock) {
        long counted = clock.sum(GUEST);
        try {
            while (true) {
                TimeUnit.MILLISECONDS.sleep(PERIOD_MILLIS);
                if (!clock.now().equals(GUEST)) {
                    continue;
                }
                List<Place> stack = stacks.of(guest);
                if (!stack.isEmpty()) {
                    long now = clock.sum(GUEST);
                    timeline.sample(stack, now - counted);
                    counted = now;
                }
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
