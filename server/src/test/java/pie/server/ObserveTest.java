package pie.server;

import static org.assertj.core.api.Assertions.assertThat;
import static pie.server.TestServer.code;
import static pie.server.TestServer.json;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class ObserveTest {
    @Test
    void saysWhatItIs(@TempDir Path home) {
        try (var server = new TestServer(home)) {
            JsonNode info = json(server.get("/v1/info"));
            assertThat(info.get("name").asString()).isEqualTo("pie");
            assertThat(info.get("version").asString()).matches("\\d+\\.\\d+\\.\\d+.*");
            assertThat(info.get("limits").get("http_body").asInt()).isEqualTo(16 << 20);
            assertThat(info.get("limits").get("events.max_count").asInt()).isEqualTo(64);
            assertThat(server.get("/health/live").statusCode()).isEqualTo(200);
            assertThat(server.get("/health/ready").statusCode()).isEqualTo(200);
            assertThat(json(server.get("/health/startup")).get("status").asString())
                    .isEqualTo("UP");
            assertThat(json(server.get("/v1/models")).get("object").asString()).isEqualTo("list");
            assertThat(code(server.get("/v1/models/nobody"))).isEqualTo("NOT_FOUND");
        }
    }

    @Test
    void countsProcessesByState(@TempDir Path home) {
        try (var server = new TestServer(home)) {
            server.post("/v1/processes?wait=5", TestServer.script("return 1"));
            String id = server.launch("loop");
            JsonNode stats = json(server.get("/v1/stats"));
            assertThat(stats.get("requests").get("running").asInt()).isEqualTo(1);
            assertThat(stats.get("requests").get("ended").get("completed").asInt())
                    .isEqualTo(1);
            assertThat(stats.get("processes").get(0).get("id").asString()).isEqualTo(id);
            assertThat(stats.get("http").get("connections").asInt()).isPositive();
        }
    }

    @Test
    void streamsStatsUntilTheServerStops(@TempDir Path home) throws Exception {
        var server = new TestServer(home);
        assertThat(code(server.get("/v1/stats/stream?interval=1ms"))).isEqualTo("INVALID_ARGUMENT");
        var response = server.open(server.request("/v1/stats/stream?interval=250ms"));
        try (var lines = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
            assertThat(lines.readLine()).isEqualTo("event: stats");
            assertThat(lines.readLine()).startsWith("data: {\"time\":");
            lines.readLine();
            assertThat(lines.readLine()).isEqualTo("event: stats");
            var closing = CompletableFuture.runAsync(server.server::close);
            assertThat(lines.lines().toList()).containsSubsequence("event: end", "data: {\"reason\":\"shutdown\"}");
            closing.join();
        } finally {
            server.close();
        }
    }

    @Test
    void answersNotReadyUntilTheInstanceIsUp(@TempDir Path home) throws Exception {
        var go = new CountDownLatch(1);
        var config = TestServer.config(home);
        int port;
        try (var probe = new java.net.ServerSocket(0)) {
            port = probe.getLocalPort();
        }
        var fixed = new ServerConfig(
                config.host(),
                port,
                config.origins(),
                config.hosts(),
                home,
                "auto",
                false,
                config.drain(),
                config.disconnectGrace());
        var starting = CompletableFuture.supplyAsync(() -> PieServer.serve(fixed, () -> {
            try {
                go.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return new ScriptLauncher(TestServer.EVENTS);
        }));
        String request = "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        org.awaitility.Awaitility.await()
                .until(() -> raw(port, request.formatted("/health/live")).startsWith("HTTP/1.1 200"));
        assertThat(raw(port, request.formatted("/health/ready"))).startsWith("HTTP/1.1 503");
        assertThat(raw(port, request.formatted("/v1/processes")))
                .startsWith("HTTP/1.1 503")
                .contains("NOT_READY")
                .contains("Retry-After: 1");
        assertThat(raw(port, request.formatted("/v1/info")))
                .startsWith("HTTP/1.1 200")
                .contains("\"starting\"");
        go.countDown();
        try (PieServer server = starting.join()) {
            assertThat(server.uri().getPort()).isEqualTo(port);
            assertThat(raw(port, request.formatted("/health/ready"))).startsWith("HTTP/1.1 200");
        }
    }

    private static String raw(int port, String text) {
        try (var socket = new java.net.Socket("127.0.0.1", port)) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
            return TestServer.readAll(socket.getInputStream());
        } catch (java.io.IOException e) {
            return "";
        }
    }
}
