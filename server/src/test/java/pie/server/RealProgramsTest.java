package pie.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Programs in four languages over HTTP, on the real model. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RealProgramsTest {
    private final PieServer server = RealServer.shared();
    private final HttpClient client = HttpClient.newHttpClient();

    @AfterAll
    void stop() {
        client.close();
    }

    private HttpResponse<String> send(String method, String path, String type, String body) throws Exception {
        URI uri = server.uri().resolve(path);
        return client.send(
                HttpRequest.newBuilder(uri)
                        .timeout(Duration.ofSeconds(120))
                        .method(method, BodyPublishers.ofString(body))
                        .header("Content-Type", type)
                        .build(),
                BodyHandlers.ofString());
    }

    private JsonNode get(String path) throws Exception {
        return JsonMapper.shared().readTree(send("GET", path, "text/plain", "").body());
    }

    @ParameterizedTest
    @CsvSource({
        "text/x-python, python/hello.py",
        "text/javascript, js/hello.js",
        "application/typescript, js/hello.ts",
        "text/x-java-source, java/Hello.java"
    })
    void runTheExamples(String type, String file) throws Exception {
        Path examples = Path.of(System.getProperty("pie.root", "..")).resolve("examples");
        String code = Files.readString(examples.resolve(file));
        String name = file.substring(file.indexOf('/') + 1);
        var response = send("POST", "/v1/processes?wait=120&file=" + name, type, code);
        JsonNode result = JsonMapper.shared().readTree(response.body());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(result.get("state").asString()).as(response.body()).isEqualTo("completed");
        assertThat(result.get("value").asString()).contains("Paris");
        assertThat(result.get("usage").get("completion_tokens").asInt()).isPositive();
        pagesComeBack();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "text/x-python|def main(input:|1",
                "text/javascript|export function main( { }|1",
                "application/typescript|export function main(: number) {}|1",
                "text/x-java-source|class Main { void main() { int }|1"
            })
    void sayWhereTheirSyntaxIsWrong(String type, String code, int line) throws Exception {
        var response = send("POST", "/v1/processes?wait=60", type, code);
        JsonNode error = JsonMapper.shared().readTree(response.body()).path("error");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        assertThat(error.get("code").asString()).isEqualTo("SOURCE_ERROR");
        assertThat(error.get("details").get("line").asInt()).isEqualTo(line);
        assertThat(error.get("details").has("column")).isTrue();
        assertThat(error.get("details").has("file")).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "text/x-python|while True: pass",
                "text/javascript|export function main() { while (true) {} }",
                "text/x-java-source|void main() { while (true) {} }"
            })
    void endWhenTheyLoop(String type, String code) throws Exception {
        var launched = send("POST", "/v1/processes", type, code);
        assertThat(launched.statusCode()).as(launched.body()).isEqualTo(202);
        String id = JsonMapper.shared().readTree(launched.body()).get("id").asString();
        await().atMost(Duration.ofSeconds(60))
                .until(() -> get("/v1/processes/" + id).get("state").asString().equals("running"));
        var ended = send("DELETE", "/v1/processes/" + id + "?wait=60", "text/plain", "");
        assertThat(ended.statusCode()).isEqualTo(200);
        assertThat(JsonMapper.shared().readTree(ended.body()).get("state").asString())
                .isEqualTo("cancelled");
        pagesComeBack();
    }

    @Test
    void failWithTheirTraceback() throws Exception {
        var response = send("POST", "/v1/processes?wait=60", "text/x-python", "def main(input):\n    return 1 / 0\n");
        JsonNode error = JsonMapper.shared().readTree(response.body()).get("error");
        assertThat(error.get("code").asString()).isEqualTo("GUEST_ERROR");
        assertThat(error.get("details").toString()).contains("ZeroDivisionError");
    }

    @Test
    void seeTheModel() throws Exception {
        JsonNode model = get("/v1/models").get("data").get(0);
        assertThat(model.get("id").asString()).isEqualTo("smollm2-135m-instruct");
        assertThat(model.get("pie").get("driver").asString()).isEqualTo("cpu");
        assertThat(model.get("pie").get("pages").asInt()).isEqualTo(RealServer.PAGES);
        assertThat(get("/v1/models/smollm2-135m-instruct")).isEqualTo(model);
        assertThat(get("/v1/info").get("languages")).hasSize(4);
    }

    /** Working pages are gone once no process lives; committed ones may be retained for reuse. */
    private void pagesComeBack() {
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            JsonNode pages = get("/v1/stats").get("models").get(0).get("pages");
            assertThat(pages.get("used").asInt()).as(pages.toString()).isZero();
            assertThat(pages.get("free").asInt() + pages.get("cached").asInt()).isEqualTo(RealServer.PAGES);
        });
    }
}
