package pie.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static pie.server.TestServer.json;

import java.net.URLEncoder;
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
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** The examples of the profile guide: each slow pattern is named where it happens, and not where it is avoided. */
final class SlowPatternsTest {
    private static final Path EXAMPLES = Path.of(System.getProperty("pie.root", ".."), "docs/guide/profile")
            .toAbsolutePath()
            .normalize();

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

    private static JsonNode profile(String file, boolean before) throws Exception {
        String input = URLEncoder.encode("{\"before\":" + before + "}", StandardCharsets.UTF_8);
        HttpResponse<String> launched = send(to("/v1/processes?wait=300s&profile=true&file=" + file + "&input=" + input)
                .header("Content-Type", "text/x-python")
                .POST(BodyPublishers.ofString(Files.readString(EXAMPLES.resolve(file)))));
        assertThat(json(launched).path("state").asString(""))
                .as(launched.body())
                .isEqualTo("completed");
        String id = json(launched).path("id").asString();
        return json(send(to("/v1/processes/" + id + "/timeline?format=summary")));
    }

    private static HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(server.uri().resolve(path));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.timeout(Duration.ofSeconds(300)).build(), BodyHandlers.ofString());
    }

    private static List<String> named(JsonNode summary) {
        return summary.path("advice")
                .valueStream()
                .map(a -> a.path("pattern").asString() + " in " + a.path("at").asString())
                .toList();
    }

    @ParameterizedTest
    @CsvSource({
        "again.py, the same text again in again.py:20",
        "forks.py, forks that copy in forks.py:19",
        "drafts.py, drafts in vain in drafts.py:35"
    })
    void isNamedBeforeAndNotAfter(String file, String hint) throws Exception {
        assertThat(named(profile(file, true))).containsExactly(hint);
        assertThat(named(profile(file, false))).isEmpty();
    }

    @Test
    void aToolOfTheClientIsNamedAndOneOfTheProgramIsNot() throws Exception {
        assumeThat(shell("command -v python3")).as("python3").isNotBlank();
        String script = "python3 " + EXAMPLES.resolve("tool_client.py") + " " + server.uri() + " --calls 3 --busy 0.5";
        assertThat(shell(script))
                .contains(" s\n")
                .contains("tools through the client in tool.py:14: it waited 3 times");
        assertThat(shell(script + " --after")).contains(" s\n").doesNotContain(" in tool.py");
    }

    private static String shell(String command) throws Exception {
        List<String> words = new ArrayList<>(List.of("sh", "-c", command));
        var builder = new ProcessBuilder(words).redirectErrorStream(true);
        builder.environment().put("no_proxy", "127.0.0.1");
        Process process = builder.start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(300, TimeUnit.SECONDS)).isTrue();
        return text;
    }
}
