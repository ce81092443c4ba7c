package pie.engine.sim;

import java.time.Instant;
import java.time.InstantSource;
import java.util.PriorityQueue;
import java.util.function.LongSupplier;

/** Tell virtual time in nanoseconds, and keep what is to happen at which of them; equal times in order of arrival. */
final class VirtualClock implements LongSupplier {
    private record Event(long time, long order, Runnable action) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            return time != other.time ? Long.compare(time, other.time) : Long.compare(order, other.order);
        }
    }

    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private long now = 1_000_000_000L;
    private long order;

    @Override
    public long getAsLong() {
        return now;
    }

    /** Return the clock of files: the same time, in milliseconds. */
    InstantSource instants() {
        return () -> Instant.ofEpochSecond(0, now);
    }

    void after(long nanos, Runnable action) {
        events.add(new Event(now + nanos, order++, action));
    }

    /** Return the time of the next event, {@link Long#MAX_VALUE} for none. */
    long next() {
        Event event = events.peek();
        return event == null ? Long.MAX_VALUE : event.time;
    }

    void advance(long to) {
        now = Math.max(now, to);
    }

    /** Run the next event that is due. Return false if there is none. */
    boolean runDue() {
        if (next() > now) {
            return false;
        }
        Event event = events.poll();
        if (event == null) {
            return false;
        }
        event.action.run();
        return true;
    }
}
