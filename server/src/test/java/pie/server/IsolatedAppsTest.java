package pie.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import pie.runtime.Isolation;
import pie.runtime.Language;
import pie.runtime.RuntimeConfig;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Programs below {@code /apps} in worker processes, over real sockets, on the real server. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // set before all tests
class IsolatedAppsTest {
    private static final Path ROOT =
            Path.of(System.getProperty("pie.root", "..")).toAbsolutePath().normalize();

    private static final long MEMORY = 64L << 20;

    private static final Map<String, String> COUNTING = Map.of("python", """
            import asyncio
            from inferlet import http

            n = 0

            async def handle(request):
                global n
                n += 1
                match request.path:
                    case "/fill":
                        return str(len("x" * 500_000_000))
                    case "/wait":
                        await asyncio.sleep(300)
                    case "/begin":
                        async def pieces():
                            yield "begun"
                            await asyncio.sleep(300)
                        return http.Response(pieces())
                    case "/read":
                        size = 0
                        async for piece in request:
                            size += len(piece)
                        return str(size)
                    case "/fail":
                        raise ValueError("a secret")
                return str(n)
            """, "javascript", """
            let n = 0;

            export async function handle(request) {
              n++;
              switch (request.path) {
                case '/fill': { const all = []; for (;;) all.push(new Array(1 << 20).fill(n)); }
                case '/wait': await new Promise((go) => setTimeout(go, 300_000)); break;
                case '/begin': return new Response((async function* () {
                  yield 'begun';
                  await new Promise((go) => setTimeout(go, 300_000));
                })());
                case '/read': { let size = 0; for await (const piece of request.body) size += piece.length; return String(size); }
                case '/fail': throw new Error('a secret');
              }
              return String(n);
            }
            """);

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    private PieServer server;

    @BeforeAll
    void start(@TempDir Path home) {
        server = RealServer.dummy(
                home,
                RuntimeConfig.DEFAULT
                        .withLanguages(Set.of(Language.PYTHON, Language.JAVASCRIPT))
                        .isolated(Isolation.PROCESS, MEMORY, 1));
    }

    @AfterAll
    void stop() {
        client.shutdownNow();
        server.close();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(server.uri() + path)).timeout(Duration.ofSeconds(90));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> get(String path) throws Exception {
        return send(request(path));
    }

    private void put(String name, String language, String code, String more) throws Exception {
        ObjectNode body = (ObjectNode) JsonMapper.shared().readTree(more);
        body.putObject("source").put("language", language).put("code", code);
        var started = send(request("/v1/apps/" + name).PUT(BodyPublishers.ofString(body.toString())));
        assertThat(started.statusCode()).as(started.body()).isEqualTo(201);
    }

    private void delete(String name) throws Exception {
        assertThat(send(request("/v1/apps/" + name).DELETE()).statusCode()).isEqualTo(204);
    }

    private JsonNode app(String name) throws Exception {
        return json(get("/v1/apps/" + name));
    }

    private static JsonNode json(HttpResponse<String> response) {
        return JsonMapper.shared().readTree(response.body());
    }

    static Stream<String> languages() {
        return COUNTING.keySet().stream().sorted();
    }

    static Stream<Arguments> examples() {
        return Stream.of(
                Arguments.of("python", "python/web_server.py"), Arguments.of("javascript", "js/web_server.js"));
    }

    @ParameterizedTest
    @MethodSource("examples")
    void requests_are_read_and_answered(String language, String file) throws Exception {
        put("web", language, Files.readString(ROOT.resolve("examples").resolve(file)), "{}");
        for (int i = 0; i < 3; i++) {
            var echo = send(request("/apps/web/echo?a=1&b=x%20y").POST(BodyPublishers.ofString("hello 🙂 " + i)));
            assertThat(echo.statusCode()).as(echo.body()).isEqualTo(200);
            assertThat(json(echo).get("body").asString()).isEqualTo("hello 🙂 " + i);
            assertThat(json(echo).get("query").get("b").asString()).isEqualTo("x y");
        }
        var headers = send(request("/apps/web/headers").header("User-Agent", "a test"));
        assertThat(json(headers).get("agent").asString()).isEqualTo("a test");
        assertThat(headers.headers().firstValue("X-Requests")).contains("4");
        assertThat(get("/apps/web/late?seconds=0.05").body()).isEqualTo("late, as asked for");
        assertThat(get("/apps/web/events?from=2").body())
                .isEqualTo("event: count\ndata: 2\n\nevent: count\ndata: 1\n\ndata: lift off\n\n");
        assertThat(get("/apps/web/nowhere").statusCode()).isEqualTo(404);
        String question = "{\"input\":\"Name a colour.\",\"max_output_tokens\":6,\"stream\":true}";
        assertThat(send(request("/apps/web/responses").POST(BodyPublishers.ofString(question)))
                        .body())
                .contains("event: response.output_text.delta")
                .contains("event: response.completed");
        delete("web");
        assertThat(get("/apps/web/echo").statusCode()).isEqualTo(404);
    }

    @ParameterizedTest
    @MethodSource("languages")
    void a_request_that_fails_fails_alone_and_a_large_body_comes_through(String language) throws Exception {
        put("one", language, COUNTING.get(language), "{}");
        var failed = get("/apps/one/fail");
        assertThat(failed.statusCode()).isEqualTo(502);
        assertThat(failed.body()).doesNotContain("secret");
        byte[] large = "y".repeat(3 << 20).getBytes(StandardCharsets.UTF_8);
        assertThat(send(request("/apps/one/read").POST(BodyPublishers.ofByteArray(large)))
                        .body())
                .isEqualTo(String.valueOf(large.length));
        assertThat(get("/apps/one/").body()).isEqualTo("3");
        delete("one");
    }

    @ParameterizedTest
    @MethodSource("languages")
    void an_app_at_rest_has_no_worker_and_gets_one_for_the_next_request(String language) throws Exception {
        put("rests", language, COUNTING.get(language), "{\"idle_timeout\":\"150ms\"}");
        assertThat(get("/apps/rests/").body()).isEqualTo("1");
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> app("rests").get("state").asString().equals("idle")
                        && app("rests").get("process_ids").isEmpty());
        assertThat(get("/apps/rests/").body()).isEqualTo("1");
        delete("rests");
    }

    @ParameterizedTest
    @MethodSource("languages")
    void a_worker_that_dies_fails_the_request_and_the_next_one_gets_another(String language) throws Exception {
        put("dies", language, COUNTING.get(language), "{}");
        String first = app("dies").get("process_ids").get(0).asString();
        var full = get("/apps/dies/fill");
        assertThat(full.statusCode()).as(full.body()).isEqualTo(502);
        assertThat(json(full).at("/error/code").asString()).isEqualTo("GUEST_ERROR");
        assertThat(full.headers().firstValue("X-Pie-Process-Id")).contains(first);
        JsonNode ended = json(get("/v1/processes/" + first + "/result?wait=60"));
        assertThat(ended.at("/error/code").asString()).isEqualTo("LIMIT_EXCEEDED");
        assertThat(ended.at("/error/message").asString()).contains("ran out of heap");
        assertThat(get("/apps/dies/").body()).isEqualTo("1");
        assertThat(app("dies").get("process_ids").get(0).asString()).isNotEqualTo(first);
        delete("dies");
    }

    /** From outside, while a request waits and another is half answered. */
    @Test
    void a_worker_that_is_killed_fails_the_requests_that_it_had() throws Exception {
        put("killed", "javascript", COUNTING.get("javascript"), "{}");
        var waiting = client.sendAsync(request("/apps/killed/wait").build(), BodyHandlers.ofString());
        var begun = client.send(request("/apps/killed/begin").build(), BodyHandlers.ofInputStream());
        assertThat(begun.body().readNBytes(5)).isEqualTo("begun".getBytes(StandardCharsets.UTF_8));
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> app("killed").get("in_flight").asInt() == 2);
        ProcessHandle.current().children().forEach(ProcessHandle::destroyForcibly);
        var failed = waiting.get(60, TimeUnit.SECONDS);
        assertThat(failed.statusCode()).as(failed.body()).isEqualTo(502);
        assertThat(catchThrowable(() -> begun.body().readAllBytes())).isInstanceOf(IOException.class);
        assertThat(get("/apps/killed/").body()).isEqualTo("1");
        JsonNode app = app("killed");
        assertThat(app.get("errors").asInt()).isEqualTo(2);
        assertThat(app.get("in_flight").asInt()).isZero();
        delete("killed");
    }

    @Test
    void each_request_has_a_worker_of_its_own_where_asked() throws Exception {
        put("fresh", "javascript", COUNTING.get("javascript"), "{\"instances\":\"per_request\"}");
        for (int i = 0; i < 3; i++) {
            assertThat(get("/apps/fresh/").body()).isEqualTo("1");
        }
        delete("fresh");
    }
}
