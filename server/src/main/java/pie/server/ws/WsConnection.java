package pie.server.ws;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.common.socket.SocketWriterException;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.spi.ServerConnection;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pie.engine.process.OwnerId;

/** Run one connection after its upgrade: one thread reads, one writes. */
public final class WsConnection implements ServerConnection {
    private static final Logger LOG = LoggerFactory.getLogger(WsConnection.class);
    private static final long LAST_FRAMES_MILLIS = 5_000;

    /** Be told of writes, so that one that takes too long can be cut off. */
    public interface WriteWatch {
        void writing(boolean on);
    }

    private final ConnectionContext context;
    private final WsLimits limits;
    private final Outbox outbox;
    private final Session session;
    private final WriteWatch watch;
    private final Runnable onEnd;
    private final AtomicBoolean closing = new AtomicBoolean();
    private volatile long lastFrame = System.nanoTime();

    /**
     * @param json whether all frames to the client are text
     * @param needed whether a session has to authenticate
     * @param admitted who the upgrade stands for
     */
    public WsConnection(
            ConnectionContext context,
            Backend backend,
            WsLimits limits,
            boolean json,
            boolean needed,
            Optional<OwnerId> admitted,
            WriteWatch watch,
            Runnable onEnd) {
        this.context = context;
        this.limits = limits;
        this.watch = watch;
        this.onEnd = onEnd;
        outbox = new Outbox(limits.frames(), limits.queuedBytes());
        session = new Session(backend, limits, new Channel(outbox, json), new Login(backend, needed, admitted));
    }

    @Override
    public void handle(Limit limit) throws InterruptedException {
        Thread writer = Thread.ofVirtual().name("pie-ws-write").start(this::write);
        try {
            read(new FrameReader(context.dataReader(), limits.message()));
        } catch (WsClose e) {
            outbox.close(e.code(), e.reason());
        } catch (CloseConnectionException | UncheckedIOException | DataReader.InsufficientDataAvailableException e) {
            LOG.debug("connection {} was closed by its client", context.socketId());
            outbox.end();
        } finally {
            session.close();
            writer.join(LAST_FRAMES_MILLIS);
            outbox.end();
            onEnd.run();
        }
    }

    private void read(FrameReader in) {
        while (true) {
            Incoming next = in.next();
            lastFrame = System.nanoTime();
            switch (next) {
                case Incoming.Binary b -> session.binary(b.bytes());
                case Incoming.Text t -> session.text(t.text());
                case Incoming.Ping p -> outbox.pong(p.payload());
                case Incoming.Pong p -> {}
                case Incoming.Close c -> {
                    outbox.close(c.code() == 1005 || c.code() < 1000 ? WsClose.NORMAL : c.code(), "");
                    return;
                }
            }
        }
    }

    private void write() {
        long pinged = System.nanoTime();
        try {
            while (!outbox.over()) {
                long now = System.nanoTime();
                if (now - lastFrame > limits.silence().toNanos()) {
                    goAway(WsClose.GOING_AWAY, "silent for too long");
                }
                if (now - pinged > limits.ping().toNanos()) {
                    pinged = now;
                    outbox.ping();
                }
                byte[] frame = outbox.take(limits.ping().toMillis());
                if (frame != null) {
                    send(frame);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (CloseConnectionException | SocketWriterException | UncheckedIOException e) {
            LOG.debug("connection {} takes no more frames", context.socketId());
        } finally {
            outbox.end();
            closeSocket();
        }
    }

    private void send(byte[] frame) {
        watch.writing(true);
        try {
            context.dataWriter().writeNow(BufferData.create(frame));
        } finally {
            watch.writing(false);
        }
    }

    private void closeSocket() {
        try {
            context.serverSocket().close();
        } catch (CloseConnectionException | UncheckedIOException e) {
            LOG.debug("connection {} was closed already", context.socketId());
        }
    }

    /** Tell the client to go, once. */
    public void goAway(int code, String reason) {
        if (closing.compareAndSet(false, true)) {
            outbox.close(code, reason);
        }
    }

    @Override
    public Duration idleTime() {
        return Duration.ZERO;
    }

    @Override
    public void close(boolean interrupt) {
        goAway(WsClose.GOING_AWAY, "server shutting down");
    }
}
