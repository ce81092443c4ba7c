package pie.runtime.js;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** Order a guest's timers by deadline, then by start. One thread. */
final class TimerQueue {
    private record Timer(int id, long deadline, long order) {}

    private final PriorityQueue<Timer> queue =
            new PriorityQueue<>(Comparator.comparingLong(Timer::deadline).thenComparingLong(Timer::order));
    private final Map<Integer, Timer> live = new HashMap<>();
    private long started;

    void start(int id, double millis) {
        var timer = new Timer(id, System.nanoTime() + (long) (Math.min(millis, 1e12) * 1e6), ++started);
        live.put(id, timer);
        queue.add(timer);
    }

    void stop(int id) {
        @Nullable Timer timer = live.remove(id);
        if (timer != null) {
            queue.remove(timer);
        }
    }

    /** Remove and return a timer that is due, 0 for none. */
    int due() {
        @Nullable Timer next = queue.peek();
        if (next == null || next.deadline() > System.nanoTime()) {
            return 0;
        }
        queue.remove();
        live.remove(next.id());
        return next.id();
    }

    /** Return the seconds until the next timer, negative for none. */
    double secondsToNext() {
        @Nullable Timer next = queue.peek();
        return next == null ? -1 : Math.max(1e-6, (next.deadline() - System.nanoTime()) / 1e9);
    }
}
