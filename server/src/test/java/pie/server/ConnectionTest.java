package pie.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static pie.server.TestServer.code;
import static pie.server.TestServer.json;
import static pie.server.TestServer.script;

import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What Helidon 4.5.0 does with sockets, and what the server adds to it. */
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConnectionTest {
    private static final String HEAD = " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
    private TestServer server;

    @BeforeAll
    void start(@TempDir Path home) {
        ServerLimits limits = ServerLimits.DEFAULT
                .withHttpBody(100_000)
                .withConnections(40)
                .withTimes(
                        Duration.ofMillis(300), Duration.ofMillis(300), Duration.ofSeconds(5), Duration.ofSeconds(15));
        server = new TestServer(home, TestServer.EVENTS, c -> c.withLimits(limits));
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private static void assertErrorBody(String answer, int status, String code) {
        assertThat(answer).startsWith("HTTP/1.1 " + status + " ");
        assertThat(answer)
                .containsIgnoringCase("\r\nX-Request-Id: ")
                .containsIgnoringCase("content-type: application/json");
        assertThat(answer).contains("\"code\":\"" + code + "\"", "\"request_id\":\"");
    }

    @Test
    void answersUnknownPathsAndMethods() {
        assertErrorBody(server.raw("GET /nope" + HEAD + "\r\n"), 404, "NOT_FOUND");
        assertErrorBody(server.raw("GET /v1/processes/" + HEAD + "\r\n"), 404, "NOT_FOUND");
        String wrong = server.raw("PUT /v1/processes" + HEAD + "\r\n");
        assertErrorBody(wrong, 405, "METHOD_NOT_ALLOWED");
        assertThat(wrong).contains("Allow: GET, HEAD, OPTIONS, POST");
        assertErrorBody(server.raw("BREW /v1/info" + HEAD + "\r\n"), 405, "METHOD_NOT_ALLOWED");
        assertErrorBody(server.raw("GET /v1/info?x=1" + HEAD + "\r\n"), 400, "INVALID_ARGUMENT");
        assertErrorBody(server.raw("GET /v1/info%zz" + HEAD + "\r\n"), 400, "BAD_REQUEST");
    }

    @Test
    void answersHeadWithTheHeadersOnly() {
        String head = server.raw("HEAD /v1/info" + HEAD + "\r\n");
        assertThat(head).startsWith("HTTP/1.1 200").contains("Content-Length: ").endsWith("\r\n\r\n");
        String missing = server.raw("HEAD /nope" + HEAD + "\r\n");
        assertThat(missing).startsWith("HTTP/1.1 404").endsWith("\r\n\r\n");
    }

    @Test
    void answersRequestsThatAreRefusedBeforeRouting() {
        assertErrorBody(server.raw("GARBAGE\r\n\r\n"), 400, "BAD_REQUEST");
        assertErrorBody(server.raw("GET /v1/info HTTP/1.1\r\n\r\n"), 400, "BAD_REQUEST");
        assertErrorBody(server.raw("GET /v1/info HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"), 400, "BAD_REQUEST");
        assertErrorBody(server.raw("GET /v1/info HTTP/1.1\r\nno colon here\r\n\r\n"), 400, "BAD_REQUEST");
        assertErrorBody(server.raw("GET /" + "x".repeat(9000) + HEAD + "\r\n"), 414, "BAD_REQUEST");
        assertErrorBody(
                server.raw("GET /v1/info" + HEAD + "X-Long: " + "x".repeat(17_000) + "\r\n\r\n"), 400, "BAD_REQUEST");
        assertErrorBody(server.raw("GET /v1/info HTTP/1.0\r\nHost: localhost\r\n\r\n"), 505, "BAD_REQUEST");
        assertErrorBody(
                server.raw("POST /v1/processes" + HEAD + "Transfer-Encoding: gzip\r\n\r\n"), 400, "BAD_REQUEST");
        assertErrorBody(
                server.raw("POST /v1/processes" + HEAD + "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n"),
                400,
                "BAD_REQUEST");
        assertErrorBody(
                server.raw("POST /v1/processes" + HEAD + "Transfer-Encoding: chunked\r\n\r\nzz\r\n"),
                400,
                "BAD_REQUEST");
        assertErrorBody(server.raw("POST /v1/processes" + HEAD + "Content-Length: -5\r\n\r\n"), 400, "BAD_REQUEST");
    }

    @Test
    void refusesBodiesThatAreTooLargeAndTheClientReadsTheAnswer() {
        var announced =
                server.send(server.request("/v1/processes").POST(BodyPublishers.ofByteArray(new byte[3_000_000])));
        assertThat(announced.statusCode()).isEqualTo(413);
        assertThat(code(announced)).isEqualTo("PAYLOAD_TOO_LARGE");
        assertThat(json(announced).get("error").get("details").get("limit").asInt())
                .isEqualTo(100_000);
        var chunked = server.send(server.request("/v1/processes")
                .POST(BodyPublishers.ofInputStream(() -> new java.io.ByteArrayInputStream(new byte[3_000_000]))));
        assertThat(chunked.statusCode()).isEqualTo(413);
        assertThat(server.get("/v1/info").statusCode()).isEqualTo(200);
    }

    @Test
    void saysWhereJsonIsBroken() {
        var broken = server.post("/v1/processes", "{\"source\":\n {]");
        assertThat(broken.statusCode()).isEqualTo(400);
        assertThat(code(broken)).isEqualTo("BAD_REQUEST");
        assertThat(json(broken).get("error").get("details").get("line").asInt()).isEqualTo(2);
        for (String body : List.of("", "  ", "{} {}", "{\"a\":1,\"a\":2}", "{\"a\":NaN}", "[".repeat(200), "\u00ff")) {
            assertThat(code(server.post("/v1/processes", body))).as(body).isIn("BAD_REQUEST", "INVALID_ARGUMENT");
        }
        assertThat(code(server.post("/v1/processes", "[]"))).isEqualTo("INVALID_ARGUMENT");
        assertThat(code(server.post("/v1/processes", "[".repeat(200)))).isEqualTo("BAD_REQUEST");
    }

    @Test
    void cutsOffHeadsAndBodiesThatDoNotCome() throws Exception {
        assertErrorBody(server.raw("GET /v1/info HTT"), 408, "BAD_REQUEST");
        assertErrorBody(server.raw("GET /v1/info HTTP/1.1\r\nHost: loc"), 408, "BAD_REQUEST");
        assertErrorBody(
                server.raw("POST /v1/processes" + HEAD + "Content-Length: 50\r\n\r\n{\"so"), 408, "BAD_REQUEST");
        try (var slow = new Socket("127.0.0.1", server.port())) {
            slow.setSoTimeout(10_000);
            for (String part : List.of("G", "E", "T")) {
                slow.getOutputStream().write(part.getBytes(StandardCharsets.US_ASCII));
                Thread.sleep(50);
            }
            assertErrorBody(TestServer.readAll(slow.getInputStream()), 408, "BAD_REQUEST");
        }
    }

    @Test
    void keepsAnIdleConnectionAndServesPipelinedRequests() throws Exception {
        try (var socket = new Socket("127.0.0.1", server.port())) {
            socket.setSoTimeout(10_000);
            Thread.sleep(500);
            String one = "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n";
            String last = "GET /v1/info" + HEAD + "\r\n";
            socket.getOutputStream().write((one + one + last).getBytes(StandardCharsets.US_ASCII));
            String all = TestServer.readAll(socket.getInputStream());
            assertThat(all.split("HTTP/1.1 200", -1)).hasSize(4);
        }
    }

    @Test
    void keepsWhatAClientSendsWhileItWaits() throws Exception {
        String body = script("sleep 300", "return first");
        try (var socket = new Socket("127.0.0.1", server.port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream()
                    .write(("POST /v1/processes?wait=5 HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + body.length()
                                    + "\r\n\r\n" + body)
                            .getBytes(StandardCharsets.US_ASCII));
            Thread.sleep(100);
            socket.getOutputStream().write(("GET /health/live" + HEAD + "\r\n").getBytes(StandardCharsets.US_ASCII));
            String all = TestServer.readAll(socket.getInputStream());
            assertThat(all).contains("\"value\":\"first\"").contains("\"status\":\"UP\"");
        }
    }

    @Test
    void refusesConnectionsAboveTheLimit() throws Exception {
        List<Socket> open = new ArrayList<>();
        try {
            String refused = "";
            for (int i = 0; i < 45 && refused.isEmpty(); i++) {
                var socket = new Socket("127.0.0.1", server.port());
                open.add(socket);
                socket.setSoTimeout(60);
                try {
                    refused = TestServer.readAll(socket.getInputStream());
                } catch (java.net.SocketTimeoutException e) {
                    refused = "";
                }
            }
            assertErrorBody(refused, 429, "OVERLOADED");
            assertThat(refused).contains("Retry-After: 1");
        } finally {
            for (Socket socket : open) {
                socket.close();
            }
        }
        await().untilAsserted(
                        () -> assertThat(server.get("/v1/info").statusCode()).isEqualTo(200));
    }
}
