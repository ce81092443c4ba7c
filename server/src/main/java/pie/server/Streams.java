package pie.server;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.process.ProcessId;

/** Count open streams against their limits, and end them when the server stops. */
final class Streams {
    /** Hold one place until closed; {@code ended} says whether the server wants the stream to end. */
    final class Place implements AutoCloseable {
        private final Optional<ProcessId> process;
        private final Runnable wake;
        private volatile boolean ended;

        private Place(Optional<ProcessId> process, Runnable wake) {
            this.process = process;
            this.wake = wake;
        }

        boolean ended() {
            return ended;
        }

        @Override
        public void close() {
            if (places.remove(this)) {
                count.decrementAndGet();
                process.ifPresent(p -> perProcess.computeIfPresent(p, (id, n) -> n == 1 ? null : n - 1));
            }
        }
    }

    private final ServerLimits limits;
    private final AtomicInteger count = new AtomicInteger();
    private final Map<ProcessId, Integer> perProcess = new ConcurrentHashMap<>();
    private final Set<Place> places = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    Streams(ServerLimits limits) {
        this.limits = limits;
    }

    int open() {
        return count.get();
    }

    /** Count the open streams of processes, which end by themselves when their process does. */
    int following() {
        return perProcess.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** @throws PieException RATE_LIMITED if no stream can be opened now */
    void checkRoom() {
        if (count.get() >= limits.streams()) {
            throw limited("streams", limits.streams(), "open on this server");
        }
    }

    /**
     * Take a place for a stream that is of no process.
     *
     * @param wake interrupts the stream's wait when the server stops
     * @throws PieException RATE_LIMITED above {@code streams}
     */
    Place enter(Runnable wake) {
        return enter(Optional.empty(), wake);
    }

    /** @throws PieException RATE_LIMITED above {@code streams} or {@code watchers_per_process} */
    Place enter(ProcessId process, Runnable wake) {
        return enter(Optional.of(process), wake);
    }

    private Place enter(Optional<ProcessId> process, Runnable wake) {
        if (count.incrementAndGet() > limits.streams()) {
            count.decrementAndGet();
            throw limited("streams", limits.streams(), "open on this server");
        }
        int watchers = process.isEmpty() ? 0 : perProcess.merge(process.get(), 1, Integer::sum);
        var place = new Place(process, wake);
        places.add(place);
        if (watchers > limits.watchersPerProcess()) {
            place.close();
            throw limited("watchers_per_process", limits.watchersPerProcess(), "watching process " + process.get());
        }
        if (closed) {
            place.ended = true;
            wake.run();
        }
        return place;
    }

    private static PieException limited(String name, int limit, String where) {
        return new PieException(
                ErrorCode.RATE_LIMITED,
                limit + " streams are already " + where + " (limits." + name + "); close one first",
                Map.of("limit", limit, "name", name));
    }

    /** End all streams; those that are opened later end at once. */
    void close() {
        closed = true;
        for (Place place : places) {
            place.ended = true;
            place.wake.run();
        }
    }
}
