package pie.server;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.http.Headers;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionListener;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import io.helidon.webserver.http1.spi.Http1Upgrader;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Wrap Helidon's HTTP/1.1 connections, to bound their number and to close those whose head, body or write takes too long. */
final class ConnectionWatch implements ServerConnectionSelector {
    private final ServerLimits limits;
    private final Http1Config config;
    private volatile Http1ConnectionSelector http;
    private final Set<ClientConnection> open = ConcurrentHashMap.newKeySet();

    ConnectionWatch(ServerLimits limits) {
        this.limits = limits;
        config = Http1Config.builder()
                .maxPrologueLength(limits.url() + 24)
                .maxHeadersSize(limits.headers())
                .sendKeepAliveHeader(false)
                .addReceiveListener(new Http1ConnectionListener() {
                    @Override
                    public void headers(ConnectionContext context, Headers headers) {
                        if (context instanceof ClientConnection connection) {
                            connection.headComplete();
                        }
                    }
                })
                .build();
        http = Http1ConnectionSelector.builder().config(config).build();
    }

    /** Let connections that are made from now on be upgraded. */
    void upgradeBy(Http1Upgrader upgrader) {
        http = Http1ConnectionSelector.builder()
                .config(config)
                .putUpgrader(upgrader.supportedProtocol(), upgrader)
                .putUpgrader("WebSocket", upgrader)
                .build();
    }

    int connections() {
        return open.size();
    }

    void sweep() {
        long now = System.nanoTime();
        open.forEach(c -> c.sweep(now, limits));
    }

    /** Return how often to sweep, so that no limit is missed by more than a quarter. */
    Duration period() {
        long shortest = Math.min(
                limits.headerTimeout().toMillis(),
                Math.min(limits.bodyIdle().toMillis(), limits.writeStall().toMillis()));
        return Duration.ofMillis(Math.clamp(shortest / 4, 20, 1000));
    }

    @Override
    public int bytesToIdentifyConnection() {
        return http.bytesToIdentifyConnection();
    }

    @Override
    public Support supports(BufferData data) {
        return http.supports(data);
    }

    @Override
    public Set<String> supportedApplicationProtocols() {
        return http.supportedApplicationProtocols();
    }

    @Override
    public ServerConnection connection(ConnectionContext context) {
        var client = new ClientConnection(context);
        return new Watched(client, http.connection(client));
    }

    private final class Watched implements ServerConnection {
        private final ClientConnection client;
        private final ServerConnection connection;

        Watched(ClientConnection client, ServerConnection connection) {
            this.client = client;
            this.connection = connection;
        }

        @Override
        public void handle(Limit limit) throws InterruptedException {
            open.add(client);
            try {
                if (open.size() > limits.connections()) {
                    client.refuse(429, "more than " + limits.connections() + " connections are open; close some");
                    return;
                }
                ScopedValue.where(ClientConnection.CURRENT, client).call(() -> {
                    connection.handle(limit);
                    return true;
                });
            } finally {
                open.remove(client);
            }
        }

        @Override
        public Duration idleTime() {
            return connection.idleTime();
        }

        @Override
        public void close(boolean interrupt) {
            connection.close(interrupt);
        }
    }
}
