package pie.server;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Configure the HTTP side.
 *
 * @param host address to bind
 * @param port 0 for any free one
 * @param origins further origins admitted beside same-origin
 * @param hosts further Host names admitted beside the bound one and loopback
 * @param home {@code $PIE_HOME}; run/server.json and run/internal.token live below it
 * @param auth auto (a token is needed beyond loopback), on, off
 * @param allowInsecureBind bind beyond loopback with auth off
 * @param drain how long a stopping server waits for its processes
 * @param disconnectGrace how long a launch that is not detached outlives its stream
 * @param limits of requests, streams and connections
 * @param otlp collector of traces, empty for none
 * @param apps programs that answer HTTP requests from the start on and are kept up: by name, what {@code PUT /v1/apps/NAME} takes
 */
public record ServerConfig(
        String host,
        int port,
        List<String> origins,
        List<String> hosts,
        Path home,
        String auth,
        boolean allowInsecureBind,
        Duration drain,
        Duration disconnectGrace,
        ServerLimits limits,
        Optional<URI> otlp,
        Map<String, String> apps) {
    public ServerConfig(
            String host,
            int port,
            List<String> origins,
            List<String> hosts,
            Path home,
            String auth,
            boolean allowInsecureBind,
            Duration drain,
            Duration disconnectGrace) {
        this(
                host,
                port,
                origins,
                hosts,
                home,
                auth,
                allowInsecureBind,
                drain,
                disconnectGrace,
                ServerLimits.DEFAULT,
                Optional.empty(),
                Map.of());
    }

    public ServerConfig withLimits(ServerLimits some) {
        return new ServerConfig(
                host, port, origins, hosts, home, auth, allowInsecureBind, drain, disconnectGrace, some, otlp, apps);
    }

    /** Send traces to a collector that speaks OTLP over HTTP. */
    public ServerConfig withOtlp(Optional<URI> collector) {
        return new ServerConfig(
                host,
                port,
                origins,
                hosts,
                home,
                auth,
                allowInsecureBind,
                drain,
                disconnectGrace,
                limits,
                collector,
                apps);
    }

    /** Start apps with the server. */
    public ServerConfig withApps(Map<String, String> some) {
        return new ServerConfig(
                host, port, origins, hosts, home, auth, allowInsecureBind, drain, disconnectGrace, limits, otlp, some);
    }

    public static ServerConfig loopback(Path home, int port) {
        return new ServerConfig(
                "127.0.0.1",
                port,
                List.of(),
                List.of(),
                home,
                "auto",
                false,
                Duration.ofSeconds(30),
                Duration.ofSeconds(10));
    }
}
