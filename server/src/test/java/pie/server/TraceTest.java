package pie.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class TraceTest {
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

    @TempDir
    Path home;

    /** Take spans as a collector does. */
    private static HttpServer collector(Consumer<JsonNode> span) throws IOException {
        HttpServer collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        collector.createContext("/v1/traces", exchange -> {
            JsonNode sent =
                    JsonMapper.shared().readTree(exchange.getRequestBody().readAllBytes());
            sent.path("resourceSpans")
                    .path(0)
                    .path("scopeSpans")
                    .path(0)
                    .path("spans")
                    .forEach(span);
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        collector.start();
        return collector;
    }

    private static URI uri(HttpServer collector) {
        return URI.create("http://127.0.0.1:" + collector.getAddress().getPort());
    }

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
        HttpServer collector = collector(s -> spans.put(s.path("name").asString(), s));
        try (TestServer server = server(home, uri(collector))) {
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
    void forward_passes_are_spans_of_the_run_that_asked_for_them() throws Exception {
        List<JsonNode> spans = Collections.synchronizedList(new ArrayList<>());
        HttpServer collector = collector(spans::add);
        ServerConfig config = TestServer.config(home).withOtlp(Optional.of(uri(collector)));
        try (PieServer server = PieServer.start(config, () -> Instance.open(RealServer.instance(), line -> {}));
                HttpClient client = HttpClient.newHttpClient()) {
            String program = """
                    from inferlet import Context, Model, Sampler, runtime
                    async def main():
                        ctx = Context(Model.load(runtime.models()[0]))
                        ctx.user("Count.")
                        await ctx.generate(Sampler.argmax(), max_tokens=5, stop=[], system_speculation=False).collect_tokens()
                    """;
            String plain = "{\"prompt\":[5,6,7],\"max_tokens\":100,\"temperature\":0,\"ignore_eos\":true}";
            send(client, server, "/v1/processes?wait=240s&file=count.py", "text/x-python", program);
            send(client, server, "/v1/completions", "application/json", plain);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> named(spans, "generation").size() == 1
                            && named(spans, "POST /v1/completions").size() == 1);
        } finally {
            collector.stop(0);
        }
        List<JsonNode> ofProgram = forwardsOf(spans, named(spans, "guest").getFirst());
        assertThat(kinds(ofProgram)).startsWith("prefill").endsWith("decode").doesNotContain("draft");
        assertThat(ofProgram).hasSizeBetween(5, 6);
        JsonNode run = named(spans, "generation").getFirst();
        List<JsonNode> ofPlain = forwardsOf(spans, run);
        assertThat(ofPlain).hasSize(64);
        assertThat(ofPlain).allMatch(s -> within(run, s));
        assertThat(named(spans, "forward")).hasSize(ofProgram.size() + ofPlain.size());
    }

    private static void send(HttpClient client, PieServer server, String path, String type, String body)
            throws IOException, InterruptedException {
        HttpResponse<String> answer = client.send(
                HttpRequest.newBuilder(server.uri().resolve(path))
                        .timeout(Duration.ofSeconds(240))
                        .header("Content-Type", type)
                        .POST(BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }

    private static List<JsonNode> named(List<JsonNode> spans, String name) {
        return List.copyOf(spans).stream()
                .filter(s -> s.path("name").asString().equals(name))
                .toList();
    }

    private static List<JsonNode> forwardsOf(List<JsonNode> spans, JsonNode run) {
        return named(spans, "forward").stream()
                .filter(s -> s.path("parentSpanId").equals(run.path("spanId")))
                .toList();
    }

    private static List<String> kinds(List<JsonNode> forwards) {
        return forwards.stream()
                .map(s -> attribute(s, "pie.step.kind").path("stringValue").asString())
                .toList();
    }

    /** Times are strings of nanoseconds; two clocks tell them, which may differ by a little. */
    private static boolean within(JsonNode run, JsonNode span) {
        long slack = 50_000_000;
        return time(span, "start") >= time(run, "start") - slack && time(span, "end") <= time(run, "end") + slack;
    }

    private static long time(JsonNode span, String edge) {
        return Long.parseLong(span.path(edge + "TimeUnixNano").asString());
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
