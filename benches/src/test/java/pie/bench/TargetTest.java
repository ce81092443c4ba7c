package pie.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The engine here answers what it is told to; the figures must be those of the answer. */
final class TargetTest {
    private HttpServer http;
    private URI url;
    private String answer = "";
    private int status = 200;
    private final List<String> bodies = Collections.synchronizedList(new ArrayList<>());

    @BeforeEach
    void start() throws IOException {
        http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        http.createContext("/", exchange -> {
            bodies.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        http.start();
        url = URI.create("http://127.0.0.1:" + http.getAddress().getPort());
    }

    @AfterEach
    void stop() {
        http.stop(0);
    }

    private static String event(String type, String data) {
        return "event: " + type + "\ndata: {\"id\":1,\"type\":\"" + type + "\",\"data\":" + data + "}\n\n";
    }

    @Test
    void aLaunchCountsWhatTheProgramReturned() throws Exception {
        answer = "event: process\ndata: {\"id\":\"x\"}\n\n" + event("message", "\"first token\"")
                + event("return", "\"{\\\"tokens\\\":5}\"");
        Sample sample =
                new PieTarget(url, Optional.empty(), "python", "generate").generate(new Prompt(new int[] {7}, 5));
        assertThat(sample.ok()).isTrue();
        assertThat(sample.tokens()).isEqualTo(5);
        assertThat(sample.accepted()).isPositive().isLessThanOrEqualTo(sample.first());
        assertThat(sample.first()).isLessThanOrEqualTo(sample.last());
        JsonNode body = JsonMapper.shared().readTree(bodies.getFirst());
        assertThat(body.path("source").path("code").asString()).contains("async def main(input)");
        assertThat(body.path("input").path("prompt").toString()).isEqualTo("[7]");
    }

    @Test
    void aFailedProgramIsAFailedSample() throws Exception {
        answer = event("error", "{\"code\":\"GUEST_ERROR\",\"message\":\"boom\"}");
        Sample sample = new PieTarget(url, Optional.empty(), "javascript", "hello").launch(Map.of("n", 1));
        assertThat(sample.error()).isEqualTo("boom");
    }

    @Test
    void aStreamThatBreaksOffIsAFailedSample() throws Exception {
        answer = event("message", "\"first token\"");
        assertThat(new PieTarget(url, Optional.empty(), "java", "hello")
                        .launch(Map.of("n", 1))
                        .ok())
                .isFalse();
    }

    @Test
    void llamaCppIsAskedByTokenIdsWithoutItsCache() throws Exception {
        answer = "data: {\"content\":\"a\",\"tokens_predicted\":1,\"stop\":false}\n\n"
                + "data: {\"content\":\"\",\"tokens_predicted\":3,\"stop\":true}\n\n";
        Sample sample = new LlamaCppTarget(url).generate(new Prompt(new int[] {1, 2}, 3));
        assertThat(sample.tokens()).isEqualTo(3);
        JsonNode body = JsonMapper.shared().readTree(bodies.getFirst());
        assertThat(body.path("prompt").toString()).isEqualTo("[1,2]");
        assertThat(body.path("cache_prompt").asBoolean(true)).isFalse();
        assertThat(body.path("ignore_eos").asBoolean(false)).isTrue();
    }

    @Test
    void anErrorStatusIsToldWithItsBody() {
        status = 503;
        answer = "loading";
        assertThatThrownBy(() -> new LlamaCppTarget(url).generate(new Prompt(new int[] {1}, 1)))
                .hasMessage("status 503: loading");
    }

    @Test
    void aClosedLoopSendsEachRequestOnceAndKeepsItsLimit() throws Exception {
        var inFlight = new AtomicInteger();
        var most = new AtomicInteger();
        List<Integer> seen = Collections.synchronizedList(new ArrayList<>());
        ClosedLoop.Round round = ClosedLoop.run(List.of(1, 2, 3, 4, 5, 6, 7, 8, 9), 3, n -> {
            most.accumulateAndGet(inFlight.incrementAndGet(), Math::max);
            Thread.sleep(5);
            seen.add(n);
            inFlight.decrementAndGet();
            if (n == 4) {
                throw new IOException("four");
            }
            return new Sample(1, 2, 3, 10, "");
        });
        assertThat(seen).containsExactlyInAnyOrder(1, 2, 3, 4, 5, 6, 7, 8, 9);
        assertThat(most.get()).isBetween(1, 3);
        assertThat(round.failed()).isEqualTo(1);
        assertThat(round.tokens()).isEqualTo(80);
    }
}
