package pie.engine.event;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import pie.engine.ErrorCode;

/**
 * Hold the events of one process within fixed bounds.
 *
 * <p>While a primary watcher lags by more than the log holds, {@code append} waits, at most the stall timeout; then that watcher is
 * closed. Without a lagging primary watcher the oldest stdout and stderr events go first, then messages; terminal events never go.
 */
public final class EventLog {
    /** Bound a log; bytes are UTF-16 code units of texts, twice. */
    public record Limits(int maxCount, long maxBytes, Duration stallTimeout) {
        public static final Limits DEFAULT = new Limits(4096, 8L << 20, Duration.ofSeconds(30));
    }

    /** Tell a watcher what comes next. */
    public sealed interface Next {
        record Event(ProcessEvent event) implements Next {}

        /** Events from..to are no longer held; {@code dropped} of them existed. */
        record Gap(long from, long to, long dropped) implements Next {}

        /** Nothing within the wait. */
        record Silence() implements Next {}

        /** Nothing will follow; reason {@code complete} or {@code slow_consumer}. */
        record End(String reason) implements Next {}
    }

    private final Limits limits;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<ProcessEvent> events = new ArrayDeque<>();
    private final Set<Watcher> watchers = new HashSet<>();
    private long lastId;
    private long bytes;
    private long dropped;
    private boolean ended;

    public EventLog(Limits limits) {
        this.limits = limits;
    }

    public void stdout(String text) {
        append(new ProcessEvent.Stdout(0, Instant.EPOCH, text));
    }

    public void stderr(String text) {
        append(new ProcessEvent.Stderr(0, Instant.EPOCH, text));
    }

    public void message(String text) {
        append(new ProcessEvent.Message(0, Instant.EPOCH, text));
    }

    public void returned(String value) {
        append(new ProcessEvent.Returned(0, Instant.EPOCH, value));
    }

    public void failed(ErrorCode code, String message, Map<String, Object> details) {
        append(new ProcessEvent.Failed(0, Instant.EPOCH, code, message, details));
    }

    public long lastId() {
        lock.lock();
        try {
            return lastId;
        } finally {
            lock.unlock();
        }
    }

    public long droppedEvents() {
        lock.lock();
        try {
            return dropped;
        } finally {
            lock.unlock();
        }
    }

    public boolean ended() {
        lock.lock();
        try {
            return ended;
        } finally {
            lock.unlock();
        }
    }

    /** Start to read after the event {@code after}; close the watcher when done. */
    public Watcher watch(long after, boolean primary) {
        lock.lock();
        try {
            var watcher = new Watcher(after, primary);
            watchers.add(watcher);
            return watcher;
        } finally {
            lock.unlock();
        }
    }

    private static ProcessEvent numbered(ProcessEvent e, long id, Instant time) {
        return switch (e) {
            case ProcessEvent.Stdout s -> new ProcessEvent.Stdout(id, time, s.text());
            case ProcessEvent.Stderr s -> new ProcessEvent.Stderr(id, time, s.text());
            case ProcessEvent.Message m -> new ProcessEvent.Message(id, time, m.text());
            case ProcessEvent.Returned r -> new ProcessEvent.Returned(id, time, r.value());
            case ProcessEvent.Failed f -> new ProcessEvent.Failed(id, time, f.code(), f.message(), f.details());
        };
    }

    private static long size(ProcessEvent e) {
        return 64
                + 2L
                        * switch (e) {
                            case ProcessEvent.Stdout s -> s.text().length();
                            case ProcessEvent.Stderr s -> s.text().length();
                            case ProcessEvent.Message m -> m.text().length();
                            case ProcessEvent.Returned r -> r.value().length();
                            case ProcessEvent.Failed f -> f.message().length();
                        };
    }

    private void append(ProcessEvent event) {
        lock.lock();
        try {
            if (ended) {
                return;
            }
            if (!event.terminal()) {
                waitForPrimaries();
            }
            events.add(numbered(event, ++lastId, Instant.now()));
            bytes += size(event);
            ended = event.terminal();
            trim();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private boolean full() {
        return events.size() >= limits.maxCount() || bytes >= limits.maxBytes();
    }

    private void waitForPrimaries() {
        long left = limits.stallTimeout().toNanos();
        while (full() && !events.isEmpty()) {
            long oldest = events.getFirst().id();
            if (watchers.stream().noneMatch(w -> w.primary && w.cursor < oldest)) {
                return;
            }
            if (left <= 0) {
                watchers.removeIf(w -> {
                    boolean slow = w.primary && w.cursor < oldest;
                    w.slow |= slow;
                    return slow;
                });
                changed.signalAll();
                return;
            }
            try {
                left = changed.awaitNanos(left);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private void trim() {
        while (events.size() > limits.maxCount() || bytes > limits.maxBytes()) {
            if (!dropFirst(ProcessEvent.Stdout.class, ProcessEvent.Stderr.class)
                    && !dropFirst(ProcessEvent.Message.class, ProcessEvent.Message.class)) {
                return;
            }
        }
    }

    private boolean dropFirst(Class<?> one, Class<?> other) {
        for (Iterator<ProcessEvent> i = events.iterator(); i.hasNext(); ) {
            ProcessEvent e = i.next();
            if (one.isInstance(e) || other.isInstance(e)) {
                i.remove();
                bytes -= size(e);
                dropped++;
                return true;
            }
        }
        return false;
    }

    /** Read a log in order from a cursor. One thread at a time. */
    public final class Watcher implements AutoCloseable {
        private long cursor;
        private final boolean primary;
        private boolean slow;

        private Watcher(long cursor, boolean primary) {
            this.cursor = cursor;
            this.primary = primary;
        }

        /** Wait for what comes next, at most {@code wait}. */
        public Next next(Duration wait) throws InterruptedException {
            lock.lock();
            try {
                long left = wait.toNanos();
                while (true) {
                    if (slow) {
                        return new Next.End("slow_consumer");
                    }
                    if (cursor < lastId) {
                        return advance();
                    }
                    if (ended) {
                        return new Next.End("complete");
                    }
                    if (left <= 0) {
                        return new Next.Silence();
                    }
                    left = changed.awaitNanos(Math.min(left, TimeUnit.MINUTES.toNanos(1)));
                }
            } finally {
                lock.unlock();
            }
        }

        private Next advance() {
            for (ProcessEvent e : events) {
                if (e.id() > cursor) {
                    if (e.id() > cursor + 1) {
                        var gap = new Next.Gap(cursor + 1, e.id() - 1, e.id() - 1 - cursor);
                        cursor = e.id() - 1;
                        return gap;
                    }
                    cursor = e.id();
                    changed.signalAll();
                    return new Next.Event(e);
                }
            }
            var gap = new Next.Gap(cursor + 1, lastId, lastId - cursor);
            cursor = lastId;
            return gap;
        }

        @Override
        public void close() {
            lock.lock();
            try {
                watchers.remove(this);
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }
}
