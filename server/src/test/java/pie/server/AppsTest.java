package pie.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import pie.runtime.Language;
import pie.runtime.RuntimeConfig;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Programs below {@code /apps}, over real sockets, on the real server. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // set before all tests
class AppsTest {
    private static final Path ROOT =
            Path.of(System.getProperty("pie.root", "..")).toAbsolutePath().normalize();

    private static final String JS = """
            let open = 0;
            let most = 0;
            export async function handle(request) {
              switch (request.path) {
                case '/': return 'root';
                case '/hold': {
                  most = Math.max(most, ++open);
                  await new Promise((go) => setTimeout(go, 150));
                  open--;
                  return 'held';
                }
                case '/most': return String(most);
                case '/fail': throw new Error('a secret');
                case '/cut': return new Response((async function* () { yield 'begun'; throw new Error('a secret'); })());
                case '/big': return new Response((function* () { for (let i = 0; i < 512; i++) yield 'x'.repeat(1 << 16); })());
                case '/count': { let n = 0; for await (const piece of request.body) n += piece.length; return String(n); }
                case '/headers': return new Response(JSON.stringify([...request.headers]),
                  { headers: { 'Set-Cookie': 'a=b', 'X-Pie-Process-Id': 'mine', 'Connection': 'close' } });
                case '/teapot': return new Response(null, { status: 418 });
                case '/empty': return new Response(null, { status: 204 });
                case '/gone':
                  request.signal.addEventListener('abort', () => { gone = true; });
                  return new Response((async function* () { for (;;) { yield 'x'.repeat(1 << 16); } })());
                case '/went': return String(gone);
                default: return new Response(request.method + ' ' + request.path, { status: 404 });
              }
            }
            let gone = false;
            """;

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    private PieServer server;

    @BeforeAll
    void start(@TempDir Path home) {
        server = RealServer.dummy(home, RuntimeConfig.DEFAULT.withPoolMin(1).withLanguages(Set.of(Language.values())));
    }

    @AfterAll
    void stop() {
        client.close();
        server.close();
    }

    private HttpRequest.Builder request(String path) {
        URI uri = URI.create(server.uri() + path);
        return HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(60));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(request(path));
    }

    private HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        return send(request(path).POST(BodyPublishers.ofString(body)));
    }

    private HttpResponse<String> put(String name, String language, String code, String more) throws Exception {
        ObjectNode body = (ObjectNode) JsonMapper.shared().readTree(more);
        body.putObject("source").put("language", language).put("code", code);
        return send(request("/v1/apps/" + name).PUT(BodyPublishers.ofString(body.toString())));
    }

    private void delete(String name) throws Exception {
        assertThat(send(request("/v1/apps/" + name).DELETE()).statusCode()).isEqualTo(204);
    }

    private static JsonNode json(HttpResponse<String> response) {
        return JsonMapper.shared().readTree(response.body());
    }

    @ParameterizedTest
    @CsvSource({"python,python/web_server.py", "javascript,js/web_server.js", "java,java/WebServer.java"})
    void the_example_of_each_language_does_what_it_says(String language, String file) throws Exception {
        String code = Files.readString(ROOT.resolve("examples").resolve(file));
        var started = put("web", language, code, "{}");
        assertThat(started.statusCode()).as(started.body()).isEqualTo(201);
        assertThat(json(started).get("url").asString()).isEqualTo("/apps/web/");
        var echo = post("/apps/web/echo?a=1&b=x%20y", "hello 🙂");
        assertThat(echo.statusCode()).isEqualTo(200);
        assertThat(json(echo).get("body").asString()).isEqualTo("hello 🙂");
        assertThat(json(echo).get("query").get("b").asString()).isEqualTo("x y");
        var headers = send(request("/apps/web/headers")
                .header("User-Agent", "a test")
                .header("X-Pie-User", "root")
                .header("Authorization", "Bearer secret"));
        assertThat(json(headers).get("agent").asString()).isEqualTo("a test");
        assertThat(json(headers).get("user").asString()).isEqualTo("local");
        assertThat(headers.headers().firstValue("X-Requests")).contains("2");
        assertThat(headers.headers().firstValue("X-Pie-Process-Id")).isPresent();
        assertThat(headers.headers().firstValue("Content-Security-Policy"))
                .contains("sandbox allow-scripts allow-forms");
        assertThat(get("/apps/web/late?seconds=0.05").body()).isEqualTo("late, as asked for");
        var events = get("/apps/web/events?from=2");
        assertThat(events.headers().firstValue("Content-Type").orElse("")).startsWith("text/event-stream");
        assertThat(events.body()).isEqualTo("event: count\ndata: 2\n\nevent: count\ndata: 1\n\ndata: lift off\n\n");
        assertThat(get("/apps/web/nowhere").statusCode()).isEqualTo(404);
        String question = "{\"input\":\"Name a colour.\",\"max_output_tokens\":6";
        JsonNode answer = json(post("/apps/web/responses", question + "}"));
        assertThat(answer.get("usage").get("output_tokens").asInt()).isBetween(1, 6);
        String streamed =
                post("/apps/web/responses", question + ",\"stream\":true}").body();
        assertThat(streamed).contains("event: response.output_text.delta").contains("event: response.completed");
        JsonNode process = json(get("/v1/processes?kind=app&state=running"));
        assertThat(process.get("items").get(0).get("kind").asString()).isEqualTo("app");
        delete("web");
        assertThat(get("/apps/web/echo").statusCode()).isEqualTo(404);
        assertThat(json(get("/v1/apps")).get("items")).isEmpty();
    }

    @Test
    void failures_are_told_without_the_programs_words() throws Exception {
        put("f", "javascript", JS, "{}");
        var failed = get("/apps/f/fail");
        assertThat(failed.statusCode()).isEqualTo(502);
        assertThat(json(failed).at("/error/code").asString()).isEqualTo("GUEST_ERROR");
        assertThat(failed.body()).doesNotContain("secret");
        assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> get("/apps/f/cut")))
                .isInstanceOf(IOException.class);
        assertThat(get("/apps/f/").body()).isEqualTo("root");
        assertThat(get("/apps/f").body()).isEqualTo("root");
        JsonNode app = json(get("/v1/apps/f"));
        assertThat(app.get("errors").asInt()).isEqualTo(2);
        String id = app.get("process_ids").get(0).asString();
        assertThat(get("/v1/processes/" + id + "/events?follow=false").body()).contains("a secret");
        delete("f");
    }

    @Test
    void bodies_go_both_ways_in_pieces() throws Exception {
        put("b", "javascript", JS, "{}");
        byte[] sent = "y".repeat(3 << 20).getBytes(StandardCharsets.UTF_8);
        var counted = send(request("/apps/b/count").POST(BodyPublishers.ofByteArray(sent)));
        assertThat(counted.body()).isEqualTo(String.valueOf(sent.length));
        assertThat(get("/apps/b/big").body()).hasSize(512 << 16);
        // what a program does not read does not stand in the way of the next request
        assertThat(send(request("/apps/b/teapot").POST(BodyPublishers.ofByteArray(sent)))
                        .statusCode())
                .isEqualTo(418);
        assertThat(get("/apps/b/empty").statusCode()).isEqualTo(204);
        var head = send(request("/apps/b/big").method("HEAD", BodyPublishers.noBody()));
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        var deleted = send(request("/apps/b/a%20b/c").DELETE());
        assertThat(deleted.body()).isEqualTo("DELETE /a%20b/c");
        var headers = send(request("/apps/b/headers").header("Cookie", "a=b").header("Authorization", "Bearer x"));
        assertThat(headers.body())
                .doesNotContain("cookie")
                .doesNotContain("authorization")
                .contains("x-request-id");
        assertThat(headers.headers().firstValue("Set-Cookie")).isEmpty();
        assertThat(headers.headers().firstValue("X-Pie-Process-Id").orElse("")).isNotEqualTo("mine");
        delete("b");
    }

    @Test
    void so_many_at_once_and_no_more() throws Exception {
        put("m", "javascript", JS, "{\"max_concurrency\":2}");
        var held = new ArrayList<CompletableFuture<HttpResponse<String>>>();
        for (int i = 0; i < 6; i++) {
            held.add(client.sendAsync(request("/apps/m/hold").build(), BodyHandlers.ofString()));
        }
        for (var each : held) {
            assertThat(each.get(60, TimeUnit.SECONDS).body()).isEqualTo("held");
        }
        assertThat(get("/apps/m/most").body()).isEqualTo("2");
        delete("m");
    }

    @Test
    void a_client_that_leaves_cancels_its_handler() throws Exception {
        put("g", "javascript", JS, "{}");
        HttpResponse<InputStream> endless = client.send(request("/apps/g/gone").build(), BodyHandlers.ofInputStream());
        assertThat(endless.body().readNBytes(1 << 17)).hasSize(1 << 17);
        endless.body().close();
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> get("/apps/g/went").body().equals("true"));
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> json(get("/v1/apps/g")).get("in_flight").asInt() == 0);
        delete("g");
    }

    @Test
    void each_request_has_a_process_of_its_own_where_asked() throws Exception {
        String counting = "let n = 0; export const handle = () => String(++n);";
        put("shared", "javascript", counting, "{}");
        put("fresh", "javascript", counting, "{\"instances\":\"per_request\"}");
        assertThat(List.of(get("/apps/shared/").body(), get("/apps/shared/").body()))
                .containsExactly("1", "2");
        assertThat(List.of(get("/apps/fresh/").body(), get("/apps/fresh/").body()))
                .containsExactly("1", "1");
        delete("shared");
        delete("fresh");
    }

    @Test
    void a_replaced_app_answers_with_the_new_program_and_one_that_died_comes_back() throws Exception {
        put("r", "javascript", "export const handle = () => 'old';", "{}");
        assertThat(put("r", "javascript", "export const handle = () => 'new';", "{}")
                        .statusCode())
                .isEqualTo(201);
        assertThat(get("/apps/r/").body()).isEqualTo("new");
        String id = json(get("/v1/apps/r")).get("process_ids").get(0).asString();
        send(request("/v1/processes/" + id).DELETE());
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> get("/apps/r/").body().equals("new"));
        assertThat(json(get("/v1/apps/r")).get("process_ids").get(0).asString()).isNotEqualTo(id);
        delete("r");
    }

    @Test
    void what_cannot_be_started_says_why() throws Exception {
        var none = put("n", "python", "def main(input): return 1", "{}");
        assertThat(none.statusCode()).isEqualTo(400);
        assertThat(none.body()).contains("handle(request)");
        var broken = put("n", "javascript", "export function handle( {", "{}");
        assertThat(json(broken).at("/error/code").asString()).isEqualTo("SOURCE_ERROR");
        assertThat(put("n", "javascript", JS, "{\"instances\":\"many\"}").statusCode())
                .isEqualTo(400);
        assertThat(put("n", "javascript", JS, "{\"max_concurrency\":0}").statusCode())
                .isEqualTo(400);
        assertThat(put("n", "javascript", JS, "{\"colour\":1}").body()).contains("/colour");
        assertThat(put("-n", "javascript", JS, "{}").statusCode()).isEqualTo(400);
        assertThat(get("/apps/n/").statusCode()).isEqualTo(404);
        String java = Files.readString(ROOT.resolve("examples/java/WebServer.java"));
        ObjectNode body = Json.object();
        body.putObject("source").put("language", "java").put("code", java);
        var asProcess = post("/v1/processes?wait=60", body.toString());
        assertThat(asProcess.body()).contains("answers HTTP requests");
    }
}
