package pie.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import pie.engine.EngineConfig;
import pie.engine.PieException;
import pie.engine.driver.DriverConfig;
import pie.engine.testing.TestModel;
import pie.runtime.Language;
import pie.runtime.RuntimeConfig;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Apps that start with the server, apps that are open to everybody, and apps that rest, on a server that asks for its token. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // set before all tests
class StandingAppsTest {
    private static final String COUNTING =
            "let n = 0; export const handle = (r) => `${++n} ${r.headers.get('x-pie-user')}`;";

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private PieServer server;
    private String token;

    private static PieServer start(Path home, String code) {
        var instance = new InstanceConfig(
                TestModel.NAME,
                TestModel.path(),
                "dummy",
                DriverConfig.DEFAULT,
                EngineConfig.DEFAULT,
                RuntimeConfig.DEFAULT.withPoolMin(1).withLanguages(Set.of(Language.JAVASCRIPT)));
        var config = new ServerConfig(
                        "127.0.0.1",
                        0,
                        List.of(),
                        List.of(),
                        home,
                        "on",
                        false,
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(5))
                .withApps(Map.of("standing", body(code, "{}")));
        return PieServer.start(config, () -> Instance.open(instance, line -> {}));
    }

    private static String body(String code, String more) {
        var body = (tools.jackson.databind.node.ObjectNode) JsonMapper.shared().readTree(more);
        body.putObject("source").put("language", "javascript").put("code", code);
        return body.toString();
    }

    @BeforeAll
    void start(@TempDir Path home) throws IOException {
        server = start(home, COUNTING);
        token = Files.readString(home.resolve("run/internal.token")).strip();
    }

    @AfterAll
    void stop() {
        client.close();
        server.close();
    }

    private HttpResponse<String> send(String method, String path, String body, boolean known) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(server.uri() + path))
                .timeout(Duration.ofSeconds(60))
                .method(method, BodyPublishers.ofString(body));
        if (known) {
            request.header("Authorization", "Bearer " + token);
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private void put(String name, String more) throws Exception {
        var started = send("PUT", "/v1/apps/" + name, body(COUNTING, more), true);
        assertThat(started.statusCode()).as(started.body()).isEqualTo(201);
    }

    private JsonNode app(String name) throws Exception {
        return JsonMapper.shared()
                .readTree(send("GET", "/v1/apps/" + name, "", true).body());
    }

    @Test
    void anAppOfTheServerIsThereFromTheStartAndComesBackByItself() throws Exception {
        assertThat(send("GET", "/apps/standing/", "", true).body()).isEqualTo("1 local");
        String first = app("standing").get("process_ids").get(0).asString();
        send("DELETE", "/v1/processes/" + first, "", true);
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> {
            JsonNode ids = app("standing").get("process_ids");
            return ids.size() == 1 && !ids.get(0).asString().equals(first);
        });
        assertThat(send("GET", "/apps/standing/", "", true).body()).isEqualTo("1 local");
    }

    @Test
    void aServerWhoseAppCannotStartSaysWhichAndWhy(@TempDir Path home) {
        assertThatThrownBy(() -> start(home, "export const other = 1;"))
                .isInstanceOf(PieException.class)
                .hasMessageContaining("app standing cannot be started")
                .hasMessageContaining("handle");
    }

    @Test
    void whoHasNoTokenGetsToWhatIsOpenToEverybodyAndNowhereElse() throws Exception {
        put("open", "{\"public\":true}");
        put("closed", "{}");
        assertThat(send("GET", "/apps/open/", "", false).body()).isEqualTo("1 anonymous");
        assertThat(send("GET", "/apps/open/", "", true).body()).isEqualTo("2 local");
        assertThat(send("GET", "/apps/closed/", "", false).statusCode()).isEqualTo(401);
        assertThat(send("GET", "/apps/none/", "", false).statusCode()).isEqualTo(401);
        assertThat(send("GET", "/apps/none/", "", true).statusCode()).isEqualTo(404);
        assertThat(send("GET", "/v1/apps", "", false).statusCode()).isEqualTo(401);
        assertThat(app("open").get("public").asBoolean()).isTrue();
        assertThat(app("closed").get("public").asBoolean()).isFalse();
        assertThat(send("PUT", "/v1/apps/open", body(COUNTING, "{\"public\":\"yes\"}"), true)
                        .body())
                .contains("public must be true or false");
    }

    @Test
    void anAppThatHasNothingToDoForLongRestsUntilTheNextRequest() throws Exception {
        put("rests", "{\"idle_timeout\":\"150ms\"}");
        assertThat(send("GET", "/apps/rests/", "", true).body()).isEqualTo("1 local");
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> app("rests").get("state").asString().equals("idle")
                        && app("rests").get("process_ids").isEmpty());
        assertThat(send("GET", "/apps/rests/", "", true).body()).isEqualTo("1 local");
        for (String wrong : new String[] {"0", "-1", "\"soon\"", "true"}) {
            assertThat(send("PUT", "/v1/apps/rests", body(COUNTING, "{\"idle_timeout\":" + wrong + "}"), true)
                            .body())
                    .as(wrong)
                    .contains("idle_timeout must be");
        }
    }
}
