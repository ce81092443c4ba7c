package pie.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static pie.server.TestServer.code;
import static pie.server.TestServer.json;
import static pie.server.TestServer.script;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
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
import tools.jackson.databind.JsonNode;

@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EventsTest {
    private TestServer server;

    @BeforeAll
    void start(@TempDir Path home) {
        ServerLimits limits = ServerLimits.DEFAULT
                .withStreams(8, 3)
                .withTimes(
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(10),
                        Duration.ofMillis(1500),
                        Duration.ofMillis(100));
        server = new TestServer(home, TestServer.EVENTS, c -> c.withLimits(limits));
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private String ended(String... lines) {
        String id = server.launch(lines);
        server.get("/v1/processes/" + id + "/result?wait=20");
        return id;
    }

    private HttpResponse<String> events(String id, String query) {
        return server.get("/v1/processes/" + id + "/events" + query);
    }

    private HttpResponse<String> after(String id, long last) {
        return server.send(
                server.request("/v1/processes/" + id + "/events").header("Last-Event-ID", String.valueOf(last)));
    }

    @Test
    void resumesAfterEveryEvent() {
        String id = ended("print a", "send b", "print c", "return d");
        for (int last = 0; last < 4; last++) {
            String body = after(id, last).body();
            for (int event = 1; event <= 4; event++) {
                assertThat(body.contains("id: " + event + "\n")).isEqualTo(event > last);
            }
            assertThat(body)
                    .endsWith("event: end\ndata: {\"reason\":\"complete\"}\n\n")
                    .doesNotContain("event: gap");
            assertThat(events(id, "?since=" + last).body()).isEqualTo(body);
        }
        assertThat(after(id, 4).statusCode()).isEqualTo(204);
        assertThat(after(id, 4).body()).isEmpty();
    }

    @Test
    void refusesCursorsThatCannotBe() {
        String id = server.launch("print a", "loop");
        await().until(() -> json(server.get("/v1/processes/" + id))
                        .get("stats")
                        .get("events")
                        .asInt()
                == 1);
        assertThat(code(after(id, 2))).isEqualTo("INVALID_ARGUMENT");
        assertThat(code(events(id, "?since=-1"))).isEqualTo("INVALID_ARGUMENT");
        assertThat(code(events(id, "?since=x"))).isEqualTo("INVALID_ARGUMENT");
        assertThat(code(events(id, "?since=1&tail=1"))).isEqualTo("INVALID_ARGUMENT");
        assertThat(code(events(id, "?types=stdout,nonsense"))).isEqualTo("INVALID_ARGUMENT");
        assertThat(code(events(id, "?follow=maybe"))).isEqualTo("INVALID_ARGUMENT");
        assertThat(code(server.send(
                        server.request("/v1/processes/" + id + "/events").header("Last-Event-ID", "abc"))))
                .isEqualTo("INVALID_ARGUMENT");
        server.delete("/v1/processes/" + id);
    }

    @Test
    void listsFiltersAndTails() {
        String id = ended("print a", "send b", "print c", "return d");
        JsonNode all = json(
                server.send(server.request("/v1/processes/" + id + "/events").header("Accept", "application/json")));
        assertThat(all.get("items")).hasSize(4);
        assertThat(all.get("items").get(0).get("type").asString()).isEqualTo("stdout");
        assertThat(all.get("items").get(0).get("time").asString()).matches("\\d{4}-.*\\.\\d{3}Z");
        assertThat(all.get("next").isNull()).isTrue();
        assertThat(events(id, "?types=message,return").body())
                .contains("event: message", "event: return")
                .doesNotContain("event: stdout");
        assertThat(events(id, "?tail=1").body()).contains("id: 4\n").doesNotContain("id: 3\n", "event: gap");
    }

    @Test
    void tellsOfAGapAndOfSilence() throws Exception {
        String id = server.launch("flood 200 10", "loop");
        await().until(() -> json(server.get("/v1/processes/" + id))
                        .get("stats")
                        .get("events")
                        .asInt()
                == 200);
        String held = events(id, "?follow=false").body();
        assertThat(held).startsWith("event: gap\ndata: {\"from\":1,\"to\":136,\"dropped\":136}\n\nid: 137\n");
        assertThat(held).contains("id: 200\n").doesNotContain("event: end");
        try (var stream = server.open(server.request("/v1/processes/" + id + "/events?tail=0"))
                        .body();
                var lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            assertThat(lines.readLine()).isEqualTo(": ka");
        }
        server.delete("/v1/processes/" + id);
    }

    @Test
    void limitsWatchersAndStreams() throws Exception {
        String id = server.launch("loop");
        List<InputStream> open = new ArrayList<>();
        try {
            for (int i = 0; i < 3; i++) {
                open.add(server.open(server.request("/v1/processes/" + id + "/events"))
                        .body());
            }
            var refused = events(id, "");
            assertThat(refused.statusCode()).isEqualTo(429);
            assertThat(code(refused)).isEqualTo("RATE_LIMITED");
            assertThat(refused.headers().firstValue("Retry-After")).isPresent();
            String other = server.launch("loop");
            for (int i = 0; i < 3; i++) {
                open.add(server.open(server.request("/v1/processes/" + other + "/events"))
                        .body());
            }
            String third = server.launch("loop");
            open.add(server.open(server.request("/v1/processes/" + third + "/events"))
                    .body());
            open.add(server.open(server.request("/v1/processes/" + third + "/events"))
                    .body());
            assertThat(TestServer.message(events(third, ""))).contains("limits.streams");
        } finally {
            for (InputStream stream : open) {
                stream.close();
            }
        }
        await().until(() ->
                json(server.get("/v1/stats")).get("http").get("streams").asInt() == 0);
        assertThat(events(id, "?follow=false").statusCode()).isEqualTo(200);
    }

    @Test
    void blocksTheProgramForAStalledPrimaryThenCutsItOff() throws Exception {
        String id = server.launch("sleep 300", "flood 4000 4000", "return done");
        try (Socket stalled = watch(id, "?primary=true")) {
            await().until(() -> json(server.get("/v1/processes/" + id))
                    .get("wait")
                    .asString("")
                    .equals("output"));
            JsonNode result = json(server.get("/v1/processes/" + id + "/result?wait=20"));
            assertThat(result.get("value").asString()).isEqualTo("done");
            assertThat(stalled.isConnected()).isTrue();
        }
    }

    @Test
    void neverBlocksTheProgramForAStalledObserver() throws Exception {
        String id = server.launch("sleep 300", "flood 4000 4000", "return done");
        try (Socket stalled = watch(id, "")) {
            JsonNode result = json(server.get("/v1/processes/" + id + "/result?wait=20"));
            assertThat(result.get("value").asString()).isEqualTo("done");
            // the server gives the socket up once a write has been stuck for limits.write_stall
            await().until(() ->
                    json(server.get("/v1/stats")).get("http").get("streams").asInt() == 0);
            assertThat(stalled.isConnected()).isTrue();
        }
    }

    /** Open a stream with small buffers, read its head and no more. */
    private Socket watch(String id, String query) throws IOException {
        var socket = new Socket();
        socket.setReceiveBufferSize(4096);
        socket.connect(new java.net.InetSocketAddress("127.0.0.1", server.port()));
        socket.getOutputStream()
                .write(("GET /v1/processes/" + id + "/events" + query + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        assertThat(socket.getInputStream().read()).isEqualTo('H');
        return socket;
    }

    @Test
    void cancelsAProcessWhoseLaunchStreamIsLost() throws Exception {
        var stream = server.open(server.request("/v1/processes")
                .POST(BodyPublishers.ofString(script("print a", "loop")))
                .header("Accept", "text/event-stream"));
        String id = stream.headers().firstValue("X-Pie-Process-Id").orElseThrow();
        assertThat(json(server.get("/v1/processes/" + id)).get("detach").asBoolean())
                .isFalse();
        stream.body().close();
        JsonNode result = json(server.get("/v1/processes/" + id + "/result?wait=20"));
        assertThat(result.get("state").asString()).isEqualTo("cancelled");
        assertThat(result.get("error").get("details").get("by").asString()).isEqualTo("client_gone");
    }

    @Test
    void keepsAProcessWhoseStreamIsJoinedAgainInTime() throws Exception {
        var stream = server.open(server.request("/v1/processes")
                .POST(BodyPublishers.ofString(script("print a", "sleep 1000", "return kept")))
                .header("Accept", "text/event-stream"));
        String id = stream.headers().firstValue("X-Pie-Process-Id").orElseThrow();
        stream.body().close();
        assertThat(after(id, 1).body()).contains("\"kept\"");
    }

    @Test
    void keepsADetachedProcessWhoseStreamIsLost() throws Exception {
        String launch = script("print a", "sleep 600", "return kept");
        var stream = server.open(server.request("/v1/processes")
                .POST(BodyPublishers.ofString(launch.substring(0, launch.length() - 1) + ",\"detach\":true}"))
                .header("Accept", "text/event-stream"));
        String id = stream.headers().firstValue("X-Pie-Process-Id").orElseThrow();
        stream.body().close();
        assertThat(json(server.get("/v1/processes/" + id + "/result?wait=20"))
                        .get("value")
                        .asString())
                .isEqualTo("kept");
    }

    @Test
    void cancelsAProcessWhoseWaitingClientIsKilled() throws Exception {
        String body = script("loop");
        try (var socket = new Socket("127.0.0.1", server.port())) {
            socket.getOutputStream()
                    .write(("POST /v1/processes?wait=60 HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + body.length()
                                    + "\r\n\r\n" + body)
                            .getBytes(StandardCharsets.US_ASCII));
            await().until(() -> json(server.get("/v1/processes?state=running&q=main"))
                                    .get("items")
                                    .size()
                            > 0
                    && !json(server.get("/v1/processes?state=running"))
                            .get("items")
                            .get(0)
                            .get("detach")
                            .asBoolean());
        }
        String id =
                json(server.get("/v1/processes")).get("items").get(0).get("id").asString();
        JsonNode result = json(server.get("/v1/processes/" + id + "/result?wait=20"));
        assertThat(result.get("state").asString()).isEqualTo("cancelled");
    }

    @Test
    void answersHeadWithoutAStream() {
        String id = server.launch("loop");
        var head = server.send(server.request("/v1/processes/" + id + "/events").HEAD());
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.headers().firstValue("Content-Type")).contains("text/event-stream; charset=utf-8");
        server.delete("/v1/processes/" + id);
    }
}
