package pie.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class TraceTest {
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

    @TempDir
    Path home;

    private static TestServer server(Path home, URI collector) {
        return new TestServer(home, TestServer.EVENTS, c -> c.withOtlp(Optional.of(collector)));
    }

    private static JsonNode attribute(JsonNode span, String key) {
        return span.path("attributes")
                .valueStream()
                .filter(a -> a.path("key").asString().equals(key))
                .findFirst()
                .orElseThrow()
                .path("value");
    }

    @Test
    void spans_of_a_launch_go_on_with_the_callers_trace() throws Exception {
        Map<String, JsonNode> spans = new ConcurrentHashMap<>();
        HttpServer collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        collector.createContext("/v1/traces", exchange -> {
            JsonNode sent =
                    JsonMapper.shared().readTree(exchange.getRequestBody().readAllBytes());
            JsonNode resource = sent.path("resourceSpans").path(0);
            resource.path("scopeSpans")
                    .path(0)
                    .path("spans")
                    .forEach(s -> spans.put(s.path("name").asString(), s));
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        collector.start();
        URI uri = URI.create("http://127.0.0.1:" + collector.getAddress().getPort());
        try (TestServer server = server(home, uri)) {
            server.send(server.request("/v1/processes?wait=60")
                    .POST(BodyPublishers.ofString(TestServer.script("return 1")))
                    .header("traceparent", "00-" + TRACE + "-00f067aa0ba902b7-01"));
            server.send(server.request("/v1/info").header("traceparent", "00-" + TRACE + "-00f067aa0ba902b7-00"));
            Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> spans.size() >= 4);
        } finally {
            collector.stop(0);
        }
        assertThat(spans.keySet())
                .containsExactlyInAnyOrder("POST /v1/processes", "process main@0.0.0", "admission", "guest");
        assertThat(spans.values()).allMatch(s -> s.path("traceId").asString().equals(TRACE));
        JsonNode http =
                spans.getOrDefault("POST /v1/processes", JsonMapper.shared().createObjectNode());
        JsonNode process =
                spans.getOrDefault("process main@0.0.0", JsonMapper.shared().createObjectNode());
        JsonNode guest = spans.getOrDefault("guest", JsonMapper.shared().createObjectNode());
        assertThat(http.path("parentSpanId").asString()).isEqualTo("00f067aa0ba902b7");
        assertThat(process.path("parentSpanId")).isEqualTo(http.path("spanId"));
        assertThat(guest.path("parentSpanId")).isEqualTo(process.path("spanId"));
        assertThat(attribute(http, "http.response.status_code").path("intValue").asString())
                .isEqualTo("200");
        assertThat(attribute(process, "pie.state").path("stringValue").asString())
                .isEqualTo("completed");
        assertThat(process.path("startTimeUnixNano")
                        .asString()
                        .compareTo(process.path("endTimeUnixNano").asString()))
                .isLessThanOrEqualTo(0);
    }

    @Test
    void a_collector_that_is_gone_changes_nothing_for_clients() {
        try (TestServer server = server(home, URI.create("http://127.0.0.1:1"))) {
            for (int i = 0; i < 20; i++) {
                assertThat(server.post("/v1/processes?wait=60", TestServer.script("return 1"))
                                .statusCode())
                        .isEqualTo(200);
            }
        }
    }
}
