package pie.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static pie.server.TestServer.code;
import static pie.server.TestServer.script;

import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Timeout(60)
class LifecycleTest {
    @TempDir
    Path home;

    private ServerConfig config(int port, Duration drain) {
        ServerConfig c = TestServer.config(home);
        return new ServerConfig(
                "127.0.0.1", port, List.of(), List.of(), home, "auto", false, drain, c.disconnectGrace());
    }

    @Test
    void saysHowToGetAroundAPortInUse() throws Exception {
        try (var taken = new ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();
            assertThatThrownBy(() ->
                            PieServer.serve(config(port, Duration.ZERO), () -> new ScriptLauncher(TestServer.EVENTS)))
                    .isInstanceOfSatisfying(
                            PieException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT))
                    .hasMessageContaining("port " + port + " is in use")
                    .hasMessageContaining("--port 0");
        }
        assertThatThrownBy(() ->
                        PieServer.serve(config(70000, Duration.ZERO), () -> new ScriptLauncher(TestServer.EVENTS)))
                .hasMessageContaining("0 to 65535");
        var nowhere = new ServerConfig(
                "192.0.2.1", 0, List.of(), List.of(), home, "auto", false, Duration.ZERO, Duration.ZERO);
        assertThatThrownBy(() -> PieServer.serve(nowhere, () -> new ScriptLauncher(TestServer.EVENTS)))
                .isInstanceOfSatisfying(
                        PieException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT))
                .hasMessageContaining("192.0.2.1");
    }

    @Test
    void announcesItselfAndWithdraws() throws Exception {
        Path file = home.resolve("run/server.json");
        Files.createDirectories(file.getParent());
        Files.writeString(file, "{\"url\":\"http://127.0.0.1:1\",\"pid\":999999999}");
        try (var launcher = new ScriptLauncher(TestServer.EVENTS);
                var server = PieServer.serve(config(0, Duration.ZERO), () -> launcher)) {
            JsonNode json = JsonMapper.shared().readTree(Files.readString(file));
            assertThat(json.get("url").asString()).isEqualTo(server.uri().toString());
            assertThat(json.get("pid").asLong())
                    .isEqualTo(ProcessHandle.current().pid());
            assertThat(home.resolve("run/internal.token")).exists();
        }
        assertThat(file).doesNotExist();
        assertThat(home.resolve("run/internal.token")).doesNotExist();
        try (var left = Files.list(home.resolve("run"))) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void closesEverythingWhenTheInstanceDoesNotComeUp() {
        assertThatThrownBy(() -> PieServer.serve(config(0, Duration.ZERO), () -> {
                    throw new PieException(ErrorCode.NOT_FOUND, "no model file");
                }))
                .isInstanceOf(PieException.class)
                .hasMessage("no model file");
        assertThat(home.resolve("run/server.json")).doesNotExist();
    }

    @Test
    void drainsInOrder() throws Exception {
        var server = new TestServer(home, TestServer.EVENTS, c -> config(0, Duration.ofSeconds(5)));
        var finishing = server.open(server.request("/v1/processes")
                .POST(BodyPublishers.ofString(script("print a", "sleep 700", "return finished")))
                .header("Accept", "text/event-stream"));
        Thread closing = Thread.ofPlatform().start(server.server::close);
        await().until(() -> server.get("/health/ready").statusCode() == 503);
        var refused = server.post("/v1/processes", script("return 1"));
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(code(refused)).isEqualTo("DRAINING");
        assertThat(refused.headers().firstValue("Retry-After")).isPresent();
        assertThat(server.get("/health/live").statusCode()).isEqualTo(200);
        assertThat(TestServer.readAll(finishing.body())).contains("\"finished\"", "event: end");
        closing.join();
        assertThat(server.launcher.closed).hasValue(1);
        assertThatThrownBy(() -> new Socket("127.0.0.1", server.port()).close()).isInstanceOf(ConnectException.class);
        server.close();
    }

    @Test
    void cancelsWhatDoesNotEndInTheDrainTime() throws Exception {
        var server = new TestServer(home, TestServer.EVENTS, c -> config(0, Duration.ofMillis(100)));
        var endless = server.open(server.request("/v1/processes")
                .POST(BodyPublishers.ofString(script("print a", "loop")))
                .header("Accept", "text/event-stream"));
        server.server.close();
        assertThat(TestServer.readAll(endless.body())).contains("event: error", "\"by\":\"shutdown\"", "event: end");
        server.close();
    }
}
