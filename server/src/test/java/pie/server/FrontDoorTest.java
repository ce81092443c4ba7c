package pie.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static pie.server.TestServer.code;
import static pie.server.TestServer.json;
import static pie.server.TestServer.message;
import static pie.server.TestServer.script;

import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pie.engine.ErrorCode;
import pie.engine.PieException;

class FrontDoorTest {
    @TempDir
    Path home;

    private static String get(String host, String more) {
        return "GET /v1/info HTTP/1.1\r\nHost: " + host + "\r\n" + more + "Connection: close\r\n\r\n";
    }

    @Test
    void servesOnlyNamesThatAreItsOwn() {
        try (var server =
                new TestServer(home, TestServer.EVENTS, c -> with(c, List.of(), List.of("pie.example"), "auto"))) {
            for (String own : List.of(
                    "localhost",
                    "LOCALHOST:1",
                    "127.0.0.1:" + server.port(),
                    "[::1]:80",
                    "pie.example",
                    "a.localhost")) {
                assertThat(server.raw(get(own, ""))).as(own).startsWith("HTTP/1.1 200");
            }
            for (String foreign : List.of(
                    "evil.example", "evil.example:" + server.port(), "127.0.0.1.evil.example", "localhost.evil")) {
                assertThat(server.raw(get(foreign, "")))
                        .as(foreign)
                        .startsWith("HTTP/1.1 403")
                        .contains("PERMISSION_DENIED", "X-Request-Id: ", "--host-name");
            }
            assertThat(server.raw("GET /health/live HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"))
                    .startsWith("HTTP/1.1 403");
        }
    }

    @Test
    void refusesForeignOriginsAndAnswersAdmittedOnes() {
        try (var server = new TestServer(
                home, TestServer.EVENTS, c -> with(c, List.of("https://ui.example"), List.of(), "auto"))) {
            String host = "127.0.0.1:" + server.port();
            for (String foreign : List.of(
                    "https://evil.example", "null", "http://127.0.0.1:1", "file://", "http://" + host + ".evil")) {
                assertThat(server.raw(get(host, "Origin: " + foreign + "\r\n")))
                        .as(foreign)
                        .startsWith("HTTP/1.1 403");
            }
            assertThat(server.raw(get(host, "Origin: http://" + host + "\r\n"))).startsWith("HTTP/1.1 200");
            assertThat(server.raw(get(host, "Origin: https://ui.example\r\n")))
                    .startsWith("HTTP/1.1 200")
                    .contains("Access-Control-Allow-Origin: https://ui.example");
            assertThat(server.raw("OPTIONS /v1/processes HTTP/1.1\r\nHost: " + host
                            + "\r\nOrigin: https://ui.example\r\nConnection: close\r\n\r\n"))
                    .startsWith("HTTP/1.1 204")
                    .contains("Access-Control-Allow-Methods: GET, HEAD, POST, PUT, DELETE");
            String body = script("return 1");
            String post = "POST /v1/processes HTTP/1.1\r\nHost: " + host
                    + "\r\nOrigin: https://ui.example\r\nContent-Type: text/plain\r\n"
                    + "Connection: close\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
            assertThat(server.raw(post)).startsWith("HTTP/1.1 415").contains("UNSUPPORTED_MEDIA_TYPE");
            assertThat(server.raw(post.replace("text/plain", "application/json")))
                    .startsWith("HTTP/1.1 202");
        }
    }

    @Test
    void needsTheTokenWhenAuthIsOn() throws Exception {
        try (var server = new TestServer(home, TestServer.EVENTS, c -> with(c, List.of(), List.of(), "on"))) {
            Path file = home.resolve("run/internal.token");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
            String token = Files.readString(file).strip();
            assertThat(token).hasSize(64);
            var refused = server.get("/v1/info");
            assertThat(refused.statusCode()).isEqualTo(401);
            assertThat(code(refused)).isEqualTo("UNAUTHENTICATED");
            assertThat(refused.headers().firstValue("WWW-Authenticate")).contains("Bearer realm=\"pie\"");
            assertThat(server.get("/health/ready").statusCode()).isEqualTo(200);
            for (String wrong : List.of("Bearer x", "Bearer " + token + "x", "Bearer", "Basic " + token, token)) {
                assertThat(server.send(server.request("/v1/info").header("Authorization", wrong))
                                .statusCode())
                        .as(wrong)
                        .isEqualTo(401);
            }
            assertThat(server.send(server.request("/v1/info").header("Authorization", "Bearer " + token))
                            .statusCode())
                    .isEqualTo(200);
            assertThat(server.send(server.request("/v1/processes").POST(BodyPublishers.ofString(script("return 1"))))
                            .statusCode())
                    .isEqualTo(401);
        }
    }

    @Test
    void needsTheTokenBeyondLoopbackAndRefusesToDoWithout() throws Exception {
        ServerConfig c = TestServer.config(home);
        var wide = new ServerConfig(
                "0.0.0.0", 0, List.of(), List.of(), home, "auto", false, c.drain(), c.disconnectGrace());
        try (var launcher = new ScriptLauncher(TestServer.EVENTS);
                var server = PieServer.serve(wide, () -> launcher)) {
            String answer = raw(server, "GET /v1/info HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
            assertThat(answer).startsWith("HTTP/1.1 401");
            assertThat(server.uri().getHost()).isEqualTo("127.0.0.1");
        }
        var open = new ServerConfig(
                "0.0.0.0", 0, List.of(), List.of(), home, "off", false, c.drain(), c.disconnectGrace());
        assertThatThrownBy(() -> PieServer.serve(open, () -> new ScriptLauncher(TestServer.EVENTS)))
                .isInstanceOfSatisfying(
                        PieException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT))
                .hasMessageContaining("allowInsecureBind");
        var insecure =
                new ServerConfig("0.0.0.0", 0, List.of(), List.of(), home, "off", true, c.drain(), c.disconnectGrace());
        try (var server = PieServer.serve(insecure, () -> new ScriptLauncher(TestServer.EVENTS))) {
            String answer = raw(server, "GET /v1/info HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
            assertThat(answer).startsWith("HTTP/1.1 200");
        }
    }

    private static String raw(PieServer server, String text) throws java.io.IOException {
        try (var socket = new java.net.Socket("127.0.0.1", server.uri().getPort())) {
            socket.getOutputStream().write(text.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            return TestServer.readAll(socket.getInputStream());
        }
    }

    private static ServerConfig with(ServerConfig c, List<String> origins, List<String> hosts, String auth) {
        return new ServerConfig(
                c.host(), c.port(), origins, hosts, c.home(), auth, false, c.drain(), c.disconnectGrace());
    }

    @Test
    void keepsARequestIdOfTheClientAndMakesOneOtherwise() {
        try (var server = new TestServer(home)) {
            var own = server.send(server.request("/nowhere").header("X-Request-Id", "my.id-1"));
            assertThat(own.headers().firstValue("X-Request-Id")).contains("my.id-1");
            assertThat(json(own).get("error").get("request_id").asString()).isEqualTo("my.id-1");
            var bad = server.send(server.request("/nowhere").header("X-Request-Id", "a b"));
            assertThat(bad.headers().firstValue("X-Request-Id").orElseThrow()).hasSize(36);
            assertThat(message(bad)).contains("/nowhere");
        }
    }
}
