package pie.server;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import io.helidon.common.buffers.DataWriter;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.common.socket.PeerInfo;
import io.helidon.common.socket.SocketWriterException;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.ListenerContext;
import io.helidon.webserver.ProxyProtocolData;
import io.helidon.webserver.Router;
import io.helidon.webserver.ServerConnectionException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stand between Helidon and one socket, to know what Helidon does not tell: how long a request head or body has been silent, how
 * long a write has been stuck, and that a client has left while its answer is being made.
 *
 * <p>One thread serves a connection; only {@link ConnectionWatch} looks from another.
 */
final class ClientConnection implements ConnectionContext {
    /** The connection that the current thread serves. */
    static final ScopedValue<ClientConnection> CURRENT = ScopedValue.newInstance();

    private static final Logger LOG = LoggerFactory.getLogger(ClientConnection.class);

    private enum Phase {
        IDLE,
        HEAD,
        BODY,
        UPGRADED,
        CLOSED
    }

    private final ConnectionContext context;
    private final DataReader reader = DataReader.create(this::pull);
    private @Nullable CompletableFuture<byte[]> ahead;
    private boolean last;

    private Phase phase = Phase.IDLE;
    private long headSince;
    private long readingSince;
    private long writingSince;

    ClientConnection(ConnectionContext context) {
        this.context = context;
    }

    /** Read more bytes for Helidon; null at the end of the stream. */
    private byte @Nullable [] pull() {
        if (last) {
            return null;
        }
        reading(true);
        try {
            CompletableFuture<byte[]> pending = ahead;
            ahead = null;
            return pending == null ? read() : await(pending);
        } finally {
            reading(false);
        }
    }

    private byte @Nullable [] read() {
        try {
            return serverSocket().get();
        } catch (UncheckedIOException e) {
            throw new ServerConnectionException("Failed to get data from socket", e);
        }
    }

    private static byte @Nullable [] await(CompletableFuture<byte[]> pending) {
        try {
            byte[] bytes = pending.get();
            return bytes.length == 0 ? null : bytes;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ServerConnectionException("Interrupted while waiting for data", e);
        } catch (ExecutionException e) {
            throw new ServerConnectionException("Failed to get data from socket", e);
        }
    }

    /**
     * Start to watch for the client to leave while its request is being answered; bytes that arrive meanwhile are kept for the next
     * request. The future completes when the client has closed its side, and never if it sends more.
     */
    CompletableFuture<Void> gone() {
        CompletableFuture<byte[]> pending = ahead;
        if (pending == null) {
            var started = new CompletableFuture<byte[]>();
            Thread.ofVirtual().name("pie-http-watch").start(() -> {
                try {
                    byte[] bytes = read();
                    started.complete(bytes == null ? new byte[0] : bytes);
                } catch (RuntimeException e) {
                    started.completeExceptionally(e);
                }
            });
            ahead = started;
            pending = started;
        }
        var gone = new CompletableFuture<Void>();
        pending.whenComplete((bytes, failure) -> {
            if (failure != null || bytes.length == 0) {
                gone.complete(null);
            }
        });
        return gone;
    }

    private synchronized void reading(boolean on) {
        if (phase == Phase.CLOSED) {
            throw new ServerConnectionException("Connection closed", new CompletionException("timed out", null));
        }
        long now = System.nanoTime();
        readingSince = on ? now : 0;
        if (!on && phase == Phase.IDLE) {
            phase = Phase.HEAD;
            headSince = now;
        }
    }

    synchronized void headComplete() {
        if (phase != Phase.CLOSED) {
            phase = Phase.BODY;
        }
    }

    /** Take no further request after this one; Helidon itself goes on although the client asked for an end. */
    void closeAfterRequest() {
        last = true;
    }

    synchronized void requestComplete() {
        if (phase != Phase.CLOSED) {
            phase = reader.available() > 0 ? Phase.HEAD : Phase.IDLE;
            headSince = System.nanoTime();
        }
    }

    /** Read no more HTTP from here on: silence is no fault any more. */
    synchronized void upgraded() {
        if (phase != Phase.CLOSED) {
            phase = Phase.UPGRADED;
        }
    }

    synchronized void writing(boolean on) {
        writingSince = on ? System.nanoTime() : 0;
    }

    /** Close the socket if it is over a time limit; called by the watch. */
    void sweep(long now, ServerLimits limits) {
        String late = late(now, limits);
        if (late == null) {
            return;
        }
        Thread.ofVirtual().name("pie-http-close").start(() -> close(late));
    }

    private synchronized @Nullable String late(long now, ServerLimits limits) {
        if (writingSince != 0 && now - writingSince > limits.writeStall().toNanos()) {
            phase = Phase.CLOSED;
            return "";
        }
        if (readingSince == 0) {
            return null;
        }
        if (phase == Phase.HEAD && now - headSince > limits.headerTimeout().toNanos()) {
            phase = Phase.CLOSED;
            return "the request head was not complete after "
                    + limits.headerTimeout().toMillis() + " ms";
        }
        if (phase == Phase.BODY && now - readingSince > limits.bodyIdle().toNanos()) {
            phase = Phase.CLOSED;
            return "the request body was silent for " + limits.bodyIdle().toMillis() + " ms";
        }
        return null;
    }

    private void close(String message) {
        try {
            if (!message.isEmpty()) {
                dataWriter().writeNow(BufferData.create(DirectErrors.raw(408, message)));
            }
            serverSocket().close();
        } catch (CloseConnectionException | SocketWriterException | UncheckedIOException e) {
            LOG.debug("connection {} was closed by its client first", socketId(), e);
        }
    }

    /** Answer in place of Helidon, then close. */
    void refuse(int status, String message) {
        dataWriter().writeNow(BufferData.create(DirectErrors.raw(status, message)));
    }

    @Override
    public DataReader dataReader() {
        return reader;
    }

    @Override
    public HelidonSocket serverSocket() {
        return context.serverSocket();
    }

    @Override
    public ListenerContext listenerContext() {
        return context.listenerContext();
    }

    @Override
    public ExecutorService executor() {
        return context.executor();
    }

    @Override
    public DataWriter dataWriter() {
        return context.dataWriter();
    }

    @Override
    public Router router() {
        return context.router();
    }

    @Override
    public Optional<ProxyProtocolData> proxyProtocolData() {
        return context.proxyProtocolData();
    }

    @Override
    public PeerInfo remotePeer() {
        return context.remotePeer();
    }

    @Override
    public PeerInfo localPeer() {
        return context.localPeer();
    }

    @Override
    public boolean isSecure() {
        return context.isSecure();
    }

    @Override
    public String socketId() {
        return context.socketId();
    }

    @Override
    public String childSocketId() {
        return context.childSocketId();
    }
}
