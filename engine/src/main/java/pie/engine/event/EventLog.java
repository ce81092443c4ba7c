package pie.engine.event;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import pie.engine.ErrorCode;
import pie.engine.PieException;

/**
 * Hold the events of one process within fixed bounds, for any number of watchers.
 *
 * <p>When an event does not fit, the oldest stdout and stderr events go first, then messages. An event that a <em>primary</em>
 * watcher has not read yet never goes: instead the writer waits, until that watcher reads on or has read nothing for the stall
 * timeout; then it is closed and counts no more. Other watchers never make a writer wait; they are told of a gap.
 *
 * <p>The terminal event never waits, never goes, and nothing follows it. The bounds hold but for the newest event, which is kept
 * even where it is larger than all of them, and the terminal one. An interrupted writer does not wait: it makes room at the cost of
 * primary watchers, so that the bounds hold while a process is being killed.
 */
public final class EventLog {
    /** Bound a log; bytes are UTF-16 code units of texts, twice. */
    public record Limits(int maxCount, long maxBytes, Duration stallTimeout) {
        public static final Limits DEFAULT = new Limits(4096, 8L << 20, Duration.ofSeconds(30));

        public Limits {
            if (maxCount < 1 || maxBytes < 1 || stallTimeout.isNegative()) {
                throw PieException.invalid("events.max_count and events.max_bytes must be at least 1 and"
                        + " events.stall_timeout not negative, got " + maxCount + ", " + maxBytes + ", "
                        + stallTimeout);
            }
        }
    }

    /** Tell a watcher what comes next. */
    public sealed interface Next {
        record Event(ProcessEvent event) implements Next {}

        /** Events from..to are no longer held; {@code dropped} of them existed. */
        record Gap(long from, long to, long dropped) implements Next {}

        /** Nothing within the wait. */
        record Silence() implements Next {}

        /** Nothing will follow; reason {@code complete}, {@code slow_consumer} or {@code closed}. */
        record End(String reason) implements Next {}
    }

    private final Limits limits;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition appended = lock.newCondition();
    /** What an event of a file counts for: its content is not held here. */
    private static final long FILE_BYTES = 512;

    private final Condition consumed = lock.newCondition();
    private final EventQueue output = new EventQueue();
    private final EventQueue messages = new EventQueue();
    private @Nullable ProcessEvent terminal;
    private final Set<Watcher> watchers = new HashSet<>();
    private long lastId;
    private long bytes;
    private long dropped;
    private int blockedWriters;

    public EventLog(Limits limits) {
        this.limits = limits;
    }

    public void stdout(String text) {
        append(new ProcessEvent.Stdout(0, Instant.EPOCH, text), 2L * text.length(), output);
    }

    public void stderr(String text) {
        append(new ProcessEvent.Stderr(0, Instant.EPOCH, text), 2L * text.length(), output);
    }

    public void message(String text) {
        append(new ProcessEvent.Message(0, Instant.EPOCH, text), 2L * text.length(), messages);
    }

    public void file(SessionFile file) {
        append(
                new ProcessEvent.File(0, Instant.EPOCH, file.name(), file.hash(), file.size(), file.mediaType()),
                FILE_BYTES,
                messages);
    }

    public void returned(String value) {
        end(new ProcessEvent.Returned(0, Instant.EPOCH, value));
    }

    public void failed(ErrorCode code, String message, Map<String, Object> details) {
        end(new ProcessEvent.Failed(0, Instant.EPOCH, code, message, details));
    }

    /** Return the id of the newest event, 0 before the first. */
    public long lastId() {
        return locked(() -> lastId);
    }

    /** Return the id of the oldest event that is held, {@code lastId() + 1} if none is. */
    public long firstHeldId() {
        return locked(this::oldest);
    }

    public long droppedEvents() {
        return locked(() -> dropped);
    }

    /** Return what the held events count against {@link Limits#maxBytes}; the terminal one does not. */
    public long heldBytes() {
        return locked(() -> bytes);
    }

    public boolean ended() {
        return locked(() -> terminal != null);
    }

    /** Return whether a writer waits for a primary watcher now. */
    public boolean writerBlocked() {
        return locked(() -> blockedWriters > 0);
    }

    /** Return the held events after one, in order. */
    public List<ProcessEvent> held(long after) {
        return locked(() -> {
            var all = new ArrayList<ProcessEvent>();
            for (long cursor = after; ; cursor = all.getLast().id()) {
                Optional<ProcessEvent> next = following(cursor);
                if (next.isEmpty()) {
                    return all;
                }
                all.add(next.get());
            }
        });
    }

    /**
     * Start to read after the event {@code after}; close the watcher when done.
     *
     * @throws PieException INVALID_ARGUMENT for a negative id or one that is not assigned yet
     */
    public Watcher watch(long after, boolean primary) {
        return locked(() -> {
            if (after < 0 || after > lastId) {
                throw PieException.invalid("the cursor must be from 0 to the last event, " + lastId + ", got " + after);
            }
            var watcher = new Watcher(after, primary);
            watchers.add(watcher);
            return watcher;
        });
    }

    private <T> T locked(java.util.function.Supplier<T> read) {
        lock.lock();
        try {
            return read.get();
        } finally {
            lock.unlock();
        }
    }

    // ---- writers

    private static ProcessEvent numbered(ProcessEvent e, long id, Instant time) {
        return switch (e) {
            case ProcessEvent.Stdout s -> new ProcessEvent.Stdout(id, time, s.text());
            case ProcessEvent.Stderr s -> new ProcessEvent.Stderr(id, time, s.text());
            case ProcessEvent.Message m -> new ProcessEvent.Message(id, time, m.text());
            case ProcessEvent.File f -> new ProcessEvent.File(id, time, f.name(), f.hash(), f.size(), f.mediaType());
            case ProcessEvent.Returned r -> new ProcessEvent.Returned(id, time, r.value());
            case ProcessEvent.Failed f -> new ProcessEvent.Failed(id, time, f.code(), f.message(), f.details());
        };
    }

    private static long size(ProcessEvent e) {
        return switch (e) {
            case ProcessEvent.Stdout s -> 64 + 2L * s.text().length();
            case ProcessEvent.Stderr s -> 64 + 2L * s.text().length();
            case ProcessEvent.Message m -> 64 + 2L * m.text().length();
            case ProcessEvent.File f -> 64 + FILE_BYTES;
            case ProcessEvent.Returned r -> 0;
            case ProcessEvent.Failed f -> 0;
        };
    }

    private void append(ProcessEvent event, long payload, EventQueue queue) {
        lock.lock();
        try {
            long size = 64 + payload;
            if (terminal == null && !makeRoom(size)) {
                awaitRoom(size);
            }
            if (terminal != null) {
                return;
            }
            queue.add(numbered(event, ++lastId, Instant.now()));
            bytes += size;
            appended.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void end(ProcessEvent event) {
        lock.lock();
        try {
            if (terminal == null) {
                terminal = numbered(event, ++lastId, Instant.now());
                appended.signalAll();
                consumed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Wait until there is room or the log has ended; close primary watchers that make no progress. */
    private void awaitRoom(long size) {
        blockedWriters++;
        try {
            long since = System.nanoTime();
            while (terminal == null && !makeRoom(size)) {
                long wait = closeStalled(since);
                if (wait > 0) {
                    consumed.awaitNanos(wait);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            while (!fits(size) && dropOldest(Long.MAX_VALUE)) {}
        } finally {
            blockedWriters--;
        }
    }

    /** Close the primary watchers in the way that have read nothing for the stall timeout; return nanoseconds until the next. */
    private long closeStalled(long since) {
        long now = System.nanoTime();
        long oldest = Math.min(output.firstId(), messages.firstId());
        long wait = limits.stallTimeout().toNanos();
        for (Watcher w : List.copyOf(watchers)) {
            if (!w.primary || w.cursor >= oldest) {
                continue;
            }
            long quiet = now - Math.max(since, w.lastRead);
            long left = limits.stallTimeout().toNanos() - quiet;
            if (left <= 0) {
                w.end("slow_consumer");
                return 0;
            }
            wait = Math.min(wait, left);
        }
        return wait;
    }

    private boolean fits(long size) {
        int count = output.size() + messages.size();
        return count == 0 || (count < limits.maxCount() && bytes + size <= limits.maxBytes());
    }

    /** Drop what primary watchers have read, until an event of this size fits; say whether it does. */
    private boolean makeRoom(long size) {
        long read = Long.MAX_VALUE;
        for (Watcher w : watchers) {
            if (w.primary) {
                read = Math.min(read, w.cursor);
            }
        }
        while (!fits(size)) {
            if (!dropOldest(read)) {
                return false;
            }
        }
        return true;
    }

    private boolean dropOldest(long read) {
        EventQueue queue = output.firstId() <= read && !output.isEmpty() ? output : messages;
        if (queue.isEmpty() || queue.firstId() > read) {
            return false;
        }
        bytes -= size(queue.removeFirst());
        dropped++;
        return true;
    }

    // ---- readers

    private long oldest() {
        long first = Math.min(output.firstId(), messages.firstId());
        return first < Long.MAX_VALUE ? first : terminal != null ? terminal.id() : lastId + 1;
    }

    private Optional<ProcessEvent> following(long cursor) {
        int o = output.after(cursor);
        int m = messages.after(cursor);
        boolean hasOutput = o < output.size();
        boolean hasMessage = m < messages.size();
        if (hasOutput && hasMessage) {
            ProcessEvent a = output.get(o);
            ProcessEvent b = messages.get(m);
            return Optional.of(a.id() < b.id() ? a : b);
        }
        if (hasOutput) {
            return Optional.of(output.get(o));
        }
        if (hasMessage) {
            return Optional.of(messages.get(m));
        }
        return Optional.ofNullable(terminal).filter(t -> t.id() > cursor);
    }

    /** Read a log in order from a cursor. One thread at a time reads; any thread may close. */
    public final class Watcher implements AutoCloseable {
        private long cursor;
        private final boolean primary;
        private long lastRead = System.nanoTime();
        private @Nullable String end;

        private Watcher(long cursor, boolean primary) {
            this.cursor = cursor;
            this.primary = primary;
        }

        /** Wait for what comes next, at most {@code wait}. */
        public Next next(Duration wait) throws InterruptedException {
            lock.lockInterruptibly();
            try {
                long left = wait.toNanos();
                while (true) {
                    if (end != null) {
                        return new Next.End(end);
                    }
                    if (cursor < lastId) {
                        return advance();
                    }
                    if (terminal != null) {
                        return new Next.End("complete");
                    }
                    if (left <= 0) {
                        return new Next.Silence();
                    }
                    left = appended.awaitNanos(Math.min(left, TimeUnit.DAYS.toNanos(1)));
                }
            } finally {
                lock.unlock();
            }
        }

        private Next advance() {
            long from = cursor + 1;
            Optional<ProcessEvent> next = following(cursor);
            long to = next.map(e -> e.id() - 1).orElse(lastId);
            lastRead = System.nanoTime();
            Next result;
            if (to >= from) {
                cursor = to;
                result = new Next.Gap(from, to, to - from + 1);
            } else {
                cursor = from;
                result = new Next.Event(next.orElseThrow());
            }
            if (primary) {
                consumed.signalAll();
            }
            return result;
        }

        private void end(String reason) {
            if (end == null) {
                end = reason;
                watchers.remove(this);
                appended.signalAll();
                consumed.signalAll();
            }
        }

        /** Stop reading; a reader that waits in {@link #next} is told {@code closed}. */
        @Override
        public void close() {
            lock.lock();
            try {
                end("closed");
            } finally {
                lock.unlock();
            }
        }
    }
}
