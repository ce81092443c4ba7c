package pie.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Two engines that answer at once, of which the one asked as pie takes its time: it must be told as the slower one. */
final class ContestTest {
    private static final long SLOW_NANOS = 30_000_000;

    private final List<JsonNode> asked = Collections.synchronizedList(new ArrayList<>());
    private HttpServer http;
    private String url = "";

    @TempDir
    Path folder;

    @BeforeEach
    void start() throws IOException {
        http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        http.createContext("/v1/completions", exchange -> {
            LockSupport.parkNanos(SLOW_NANOS);
            JsonNode body = body(exchange.getRequestBody().readAllBytes());
            int tokens = body.path("max_tokens").asInt();
            answer(
                    exchange,
                    "data: {\"choices\":[{\"text\":\"a\",\"token_ids\":" + ids(tokens) + "}]}\n\n"
                            + "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":"
                            + body.path("prompt").size()
                            + ",\"completion_tokens\":" + tokens + "}}\n\n");
        });
        http.createContext("/completion", exchange -> {
            JsonNode body = body(exchange.getRequestBody().readAllBytes());
            int tokens = body.path("n_predict").asInt();
            String whole = "{\"tokens\":" + ids(tokens) + "}";
            answer(
                    exchange,
                    !body.path("stream").asBoolean()
                            ? whole
                            : "data: {\"content\":\"a\",\"tokens\":" + ids(tokens) + ",\"stop\":false}\n\n"
                                    + "data: {\"stop\":true,\"tokens_predicted\":" + tokens + ",\"tokens_evaluated\":"
                                    + body.path("prompt").size() + "}\n\n");
        });
        http.start();
        url = "http://127.0.0.1:" + http.getAddress().getPort();
    }

    private JsonNode body(byte[] bytes) {
        JsonNode body = JsonMapper.shared().readTree(bytes);
        asked.add(body);
        return body;
    }

    private static String ids(int count) {
        return IntStream.range(0, count).mapToObj(Integer::toString).collect(Collectors.joining(",", "[", "]"));
    }

    private static void answer(com.sun.net.httpserver.HttpExchange exchange, String text) {
        try (exchange) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @AfterEach
    void stop() {
        http.stop(0);
    }

    @Test
    void engines_take_turns_and_those_that_do_not_run_are_named_with_their_error() throws IOException {
        Path base = folder.resolve("made/report");
        int code = new CommandLine(new Bench())
                .execute(
                        "compare",
                        "--target",
                        "pie,llamacpp,vllm,sglang,pie-original",
                        "--url",
                        url,
                        "--peer-url",
                        "llamacpp=" + url,
                        "--start",
                        "vllm=ls /no/such/folder",
                        "--absent",
                        "sglang=no wheel for this processor",
                        "--cases",
                        "latency,shared",
                        "--repeats",
                        "2",
                        "--out",
                        base.toString());
        assertThat(code).isZero();
        JsonNode json = JsonMapper.shared().readTree(Files.readString(Path.of(base + ".json")));
        assertThat(json.path("absent").path("vllm").asString()).contains("/no/such/folder");
        assertThat(json.path("absent").path("sglang").asString()).isEqualTo("no wheel for this processor");
        assertThat(json.path("absent").path("pie-original").asString()).contains("--start pie-original=COMMAND");
        JsonNode latency = json.path("cases").path(0);
        assertThat(latency.path("results").path(0).path("engine").asString()).isEqualTo("pie");
        assertThat(latency.path("results").path(1).path("engine").asString()).isEqualTo("llamacpp");
        latency.path("results").forEach(r -> {
            assertThat(r.path("requests").asInt()).isEqualTo(16);
            assertThat(r.path("failed").asInt()).isZero();
            assertThat(r.path("output_tokens").asInt()).isEqualTo(16 * 64);
        });
        assertThat(json.path("pie_loses").valueStream().map(JsonNode::asString))
                .anyMatch(l -> l.startsWith("one request at a time: ttft p50 ms pie"));
        assertThat(json.path("env").path("client_cores").asDouble()).isPositive();
        assertThat(Files.readString(Path.of(base + ".html")))
                .contains("Engines that do not run here")
                .contains("no wheel for this processor")
                .contains("<svg");
        // the same texts to both, and reuse only where the case says so
        Map<String, Integer> prompts = new LinkedHashMap<>();
        asked.forEach(b -> prompts.merge(b.path("prompt").toString(), 1, Integer::sum));
        assertThat(prompts.values()).containsOnly(2);
        asked.forEach(b -> {
            boolean shared = b.path("prompt").size() == 544;
            JsonNode reuse =
                    b.has("n_predict") ? b.path("cache_prompt") : b.path("pie").path("prefix_cache");
            assertThat(reuse.asBoolean()).isEqualTo(shared);
        });
    }

    @Test
    void a_case_that_is_not_known_is_told() {
        assertThat(new CommandLine(new Bench())
                        .setExecutionExceptionHandler((e, line, result) -> {
                            assertThat(e).hasMessageContaining("latency").hasMessageContaining("not speed");
                            return 3;
                        })
                        .execute("compare", "--target", "llamacpp", "--cases", "speed"))
                .isEqualTo(3);
    }

    @Test
    void the_first_engine_rotates_and_the_warm_up_is_not_kept() throws Exception {
        List<String> order = new ArrayList<>();
        Map<String, List<Integer>> kept =
                Turns.run(new LinkedHashMap<>(Map.of("a", "A")), -1, 2, (engine, repeat) -> repeat);
        assertThat(kept).isEqualTo(Map.of("a", List.of(0, 1)));
        Map<String, String> two = new LinkedHashMap<>();
        two.put("a", "A");
        two.put("b", "B");
        Turns.run(two, -1, 2, (engine, repeat) -> {
            order.add(engine + repeat);
            return repeat;
        });
        assertThat(order).containsExactly("B-1", "A-1", "A0", "B0", "B1", "A1");
    }

    @Test
    void a_client_sends_its_whole_history_each_turn() throws Exception {
        var agents = new Agents();
        new CommandLine(agents).parseArgs("--agents", "1", "--turns", "3", "--tool-wait", "0", "--shared-len", "4");
        Asker asker = new LlamaCppAsker(URI.create(url), true);
        var ways = agents.ways(List.of(new Peer("llamacpp", asker, asker, Optional.empty())));
        Map<String, List<AtOnce<Integer>>> rounds = Turns.run(ways, 0, 1, (way, repeat) -> agents.run(way, 7));
        assertThat(agents.whole(rounds)).isTrue();
        assertThat(Agents.tokens(rounds.getOrDefault("llamacpp", List.of()).getFirst()))
                .isEqualTo(3 * 32);
        assertThat(asked.stream().map(b -> b.path("prompt").size())).containsExactly(260, 356, 452);
        String first = asked.getFirst().path("prompt").toString();
        assertThat(asked.get(1).path("prompt").toString()).startsWith(first.substring(0, first.length() - 1));
    }
}
