package pie.server;

import io.helidon.common.buffers.BufferData;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HttpPrologue;
import io.helidon.http.WritableHeaders;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http1.spi.Http1Upgrader;
import io.helidon.webserver.spi.ServerConnection;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.process.OwnerId;
import pie.server.ws.Identity;
import pie.server.ws.WsConnection;
import pie.server.ws.WsLimits;

/**
 * Turn an HTTP connection into a WebSocket one, on any path outside {@code /apps/}. What is not admitted stays HTTP, and the route of
 * the same path says why.
 */
final class WsUpgrader implements Http1Upgrader {
    static final HeaderName IDENTITY = HeaderNames.create("x-pie-identity");

    private static final HeaderName KEY = HeaderNames.create("Sec-WebSocket-Key");
    private static final HeaderName VERSION = HeaderNames.create("Sec-WebSocket-Version");
    private static final String MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final int GOING_AWAY = 1001;

    private final Service service;
    private final FrontDoor door;
    private final ServiceBackend backend;

    WsUpgrader(Service service, FrontDoor door) {
        this.service = service;
        this.door = door;
        backend = new ServiceBackend(service, door);
    }

    @Override
    public String supportedProtocol() {
        return "websocket";
    }

    @Override
    @SuppressWarnings("NullAway") // null is how Helidon is told to go on with HTTP
    public @Nullable ServerConnection upgrade(
            ConnectionContext context, HttpPrologue prologue, WritableHeaders<?> headers) {
        String path = prologue.uriPath().rawPath();
        Optional<String> authorization = first(headers, HeaderNames.AUTHORIZATION);
        Optional<OwnerId> identity = Identity.of(first(headers, IDENTITY).orElse(""));
        boolean wellFormed = first(headers, KEY).isPresent()
                && first(headers, VERSION).orElse("").equals("13")
                && !path.startsWith("/apps/");
        if (!wellFormed
                || service.up().isEmpty()
                || !door.admits(first(headers, HeaderNames.HOST).orElse(""), first(headers, HeaderNames.ORIGIN))
                || (authorization.isPresent() && !door.tokenFits(authorization))
                || identity.isEmpty()) {
            return null;
        }
        var connection = new AtomicReference<@Nullable WsConnection>();
        Streams.Place place;
        try {
            place = service.streams().enter(() -> goAway(connection.get()));
        } catch (PieException full) {
            return null;
        }
        Optional<OwnerId> admitted = door.tokenNeeded() ? authorization.map(a -> OwnerId.LOCAL) : identity;
        var made = new WsConnection(
                context,
                backend,
                WsLimits.DEFAULT,
                prologue.query().rawValue().contains("encoding=json"),
                door.tokenNeeded(),
                admitted,
                on -> writing(context, on),
                place::close);
        connection.set(made);
        if (context instanceof ClientConnection client) {
            client.upgraded();
        }
        context.dataWriter()
                .writeNow(BufferData.create(answer(first(headers, KEY).orElse(""))));
        if (place.ended()) {
            goAway(made);
        }
        return made;
    }

    private static void goAway(@Nullable WsConnection connection) {
        if (connection != null) {
            connection.goAway(GOING_AWAY, "server shutting down");
        }
    }

    private static void writing(ConnectionContext context, boolean on) {
        if (context instanceof ClientConnection client) {
            client.writing(on);
        }
    }

    private static byte[] answer(String key) {
        return ("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: "
                        + accept(key) + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    static String accept(String key) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1")
                    .digest((key.strip() + MAGIC).getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new PieException(ErrorCode.INTERNAL, "this JVM has no SHA-1", Map.of(), e);
        }
    }

    private static Optional<String> first(WritableHeaders<?> headers, HeaderName name) {
        return headers.contains(name) ? Optional.of(headers.get(name).get()) : Optional.empty();
    }
}
