package pie.server.ws;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Queue the frames of one connection for its one writer; control frames go first. Who adds data waits while it is full. */
final class Outbox {
    private static final int TEXT = 0x81;
    private static final int BINARY = 0x82;
    private static final int CLOSE = 0x88;
    private static final int PING = 0x89;
    private static final int PONG = 0x8a;
    private static final int REASON_MAX = 120;

    private final int mostFrames;
    private final long mostBytes;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition filled = lock.newCondition();
    private final Condition emptied = lock.newCondition();
    private final ArrayDeque<byte[]> control = new ArrayDeque<>();
    private final ArrayDeque<byte[]> data = new ArrayDeque<>();
    private long bytes;
    private boolean closing;
    private boolean dead;

    Outbox(int mostFrames, long mostBytes) {
        this.mostFrames = mostFrames;
        this.mostBytes = mostBytes;
    }

    void binary(byte[] payload) {
        add(frame(BINARY, payload));
    }

    void text(String text) {
        add(frame(TEXT, text.getBytes(StandardCharsets.UTF_8)));
    }

    /** Wait for room, then queue. What comes after the end of the connection is dropped. */
    private void add(byte[] frame) {
        lock.lock();
        try {
            while (!closing && !dead && !data.isEmpty() && (data.size() >= mostFrames || bytes >= mostBytes)) {
                emptied.awaitUninterruptibly();
            }
            if (!closing && !dead) {
                data.add(frame);
                bytes += frame.length;
                filled.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    void pong(byte[] payload) {
        urgent(frame(PONG, payload));
    }

    void ping() {
        urgent(frame(PING, new byte[0]));
    }

    private void urgent(byte[] frame) {
        lock.lock();
        try {
            if (!closing && !dead) {
                control.add(frame);
                filled.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Queue a close frame behind what is queued; nothing follows it. */
    void close(int code, String reason) {
        byte[] text = reason.getBytes(StandardCharsets.UTF_8);
        byte[] payload = new byte[2 + Math.min(text.length, REASON_MAX)];
        payload[0] = (byte) (code >> 8);
        payload[1] = (byte) code;
        System.arraycopy(text, 0, payload, 2, payload.length - 2);
        lock.lock();
        try {
            if (!closing && !dead) {
                byte[] frame = frame(CLOSE, payload);
                data.add(frame);
                bytes += frame.length;
                closing = true;
                filled.signal();
                emptied.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Say that nothing will be written any more. */
    void end() {
        lock.lock();
        try {
            dead = true;
            filled.signalAll();
            emptied.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Return the next frame to write, null after {@code millis} without one or once all is written. */
    byte @Nullable [] take(long millis) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = TimeUnit.MILLISECONDS.toNanos(millis);
            while (control.isEmpty() && data.isEmpty() && !closing && !dead && left > 0) {
                left = filled.awaitNanos(left);
            }
            if (dead) {
                return null;
            }
            byte[] urgent = control.poll();
            if (urgent != null) {
                return urgent;
            }
            byte[] next = data.poll();
            if (next != null) {
                bytes -= next.length;
                emptied.signalAll();
            }
            return next;
        } finally {
            lock.unlock();
        }
    }

    /** Say whether everything was written and nothing more will come. */
    boolean over() {
        lock.lock();
        try {
            return dead || (closing && data.isEmpty());
        } finally {
            lock.unlock();
        }
    }

    private static byte[] frame(int head, byte[] payload) {
        int n = payload.length;
        byte[] start = n < 126
                ? new byte[] {(byte) head, (byte) n}
                : n < 1 << 16
                        ? new byte[] {(byte) head, 126, (byte) (n >> 8), (byte) n}
                        : new byte[] {
                            (byte) head, 127, 0, 0, 0, 0, (byte) (n >> 24), (byte) (n >> 16), (byte) (n >> 8), (byte) n
                        };
        byte[] frame = Arrays.copyOf(start, start.length + n);
        System.arraycopy(payload, 0, frame, start.length, n);
        return frame;
    }
}
