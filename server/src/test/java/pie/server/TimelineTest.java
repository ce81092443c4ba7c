package pie.server;

import static org.assertj.core.api.Assertions.assertThat;
import static pie.server.TestServer.json;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The lanes of a real run cover its wall time, which other clocks have measured. */
class TimelineTest {
    private static final String AGENT = """
            from inferlet import Context, Model, Sampler, runtime, timers
            def tool(n):
                x = 0
                for i in range(n):
                    x = (x * 31 + i) % 1000003
                return x
            async def main():
                ctx = Context(Model.load(runtime.models()[0]))
                ctx.system("You are a helpful assistant.")
                said = []
                for turn in range(3):
                    ctx.user(f"Name a colour, not one of {said}. The tool says {tool(50000)}.")
                    said.append(await ctx.generate(Sampler.argmax(), max_tokens=12).collect_text())
                    await timers.sleep(0.05)
                return len(said)
            """;
    /** Threads of the trace that hold parts of the wall time: guest, forward, waits, host calls. */
    private static final List<Integer> PARTS = List.of(2, 3, 5, 7);

    private static PieServer server;
    private static HttpClient client;

    @BeforeAll
    static void start(@TempDir Path home) {
        server = RealServer.start(home);
        client = HttpClient.newHttpClient();
    }

    @AfterAll
    static void stop() {
        client.close();
        server.close();
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.timeout(Duration.ofSeconds(300)).build(), BodyHandlers.ofString());
    }

    private static HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(server.uri().resolve(path));
    }

    private static JsonNode launch(boolean profile) throws Exception {
        HttpResponse<String> launched =
                send(to("/v1/processes?wait=300s&file=agent.py" + (profile ? "&profile=true" : ""))
                        .header("Content-Type", "text/x-python")
                        .POST(BodyPublishers.ofString(AGENT)));
        assertThat(launched.statusCode()).as(launched.body()).isEqualTo(200);
        assertThat(json(launched).path("value").asString("")).isEqualTo("3");
        return json(launched);
    }

    @Test
    void lanesAddUpToTheWallTime() throws Exception {
        String id = launch(true).path("id").asString();
        JsonNode process = json(send(to("/v1/processes/" + id)));
        double wall = Duration.between(
                                Instant.parse(process.path("created").asString()),
                                Instant.parse(process.path("ended").asString()))
                        .toNanos()
                / 1e6;
        JsonNode trace = json(send(to("/v1/processes/" + id + "/timeline")));
        double sum = 0;
        double reached = 0;
        Map<Integer, Double> lanes = new HashMap<>();
        List<JsonNode> parts = trace.path("traceEvents")
                .valueStream()
                .filter(e -> e.path("ph").asString().equals("X")
                        && PARTS.contains(e.path("tid").asInt()))
                .sorted((a, b) ->
                        Double.compare(a.path("ts").asDouble(), b.path("ts").asDouble()))
                .toList();
        for (JsonNode e : parts) {
            double ts = e.path("ts").asDouble();
            assertThat(ts).isBetween(reached - 0.002, reached + 0.002); // one after the other, without a gap
            reached = ts + e.path("dur").asDouble();
            sum += e.path("dur").asDouble() / 1e3;
            lanes.merge(e.path("tid").asInt(), e.path("dur").asDouble() / 1e3, Double::sum);
        }
        assertThat(sum).isBetween(0.99 * wall - 1, 1.01 * wall + 1); // created and ended are told in milliseconds
        assertThat(lanes.keySet()).containsExactlyInAnyOrderElementsOf(PARTS);

        JsonNode summary = json(send(to("/v1/processes/" + id + "/timeline?format=summary")));
        double shares = 0;
        for (JsonNode lane : summary.path("lanes")) {
            shares += lane.path("share").asDouble();
        }
        assertThat(shares).isBetween(0.999, 1.001);
        assertThat(summary.path("wall_ms").asDouble()).isBetween(sum - 0.5, sum + 0.5);
        assertThat(summary.path("lanes").path("waits").path("by").path("timer").asDouble())
                .isPositive();
        assertThat(summary.path("operations")
                        .valueStream()
                        .map(o -> o.path("name").asString() + " " + o.path("at").asString()))
                .contains("generate agent.py:13");
        assertThat(summary.path("lines").valueStream().map(l -> l.path("at").asString()))
                .containsAnyOf("agent.py:4", "agent.py:5");
    }

    @Test
    void itIsShownAsAPageAndAPictureThatNeedNothingElse() throws Exception {
        String id = launch(true).path("id").asString();
        HttpResponse<String> page = send(to("/v1/processes/" + id + "/timeline?format=html"));
        assertThat(page.headers().firstValue("Content-Type").orElse("")).startsWith("text/html");
        assertThat(page.body())
                .contains("agent.py:13")
                .doesNotContain("<script")
                .doesNotContain("<link");
        HttpResponse<String> picture = send(to("/v1/processes/" + id + "/timeline?format=svg"));
        assertThat(picture.body()).startsWith("<svg").contains("agent.py").doesNotContain("NaN");
        HttpResponse<String> other = send(to("/v1/processes/" + id + "/timeline?format=png"));
        assertThat(other.statusCode()).isEqualTo(400);
    }

    @Test
    void whatIsNotProfiledSaysHowToBe() throws Exception {
        String id = launch(false).path("id").asString();
        HttpResponse<String> none = send(to("/v1/processes/" + id + "/timeline"));
        assertThat(none.statusCode()).isEqualTo(404);
        assertThat(none.body()).contains("profile");
        HttpResponse<String> late = send(to("/v1/processes/" + id + "/timeline").POST(BodyPublishers.noBody()));
        assertThat(late.statusCode()).isEqualTo(409);
    }
}
