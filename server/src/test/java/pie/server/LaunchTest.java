package pie.server;

import static org.assertj.core.api.Assertions.assertThat;
import static pie.server.TestServer.code;
import static pie.server.TestServer.json;
import static pie.server.TestServer.message;
import static pie.server.TestServer.script;

import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import pie.engine.event.EventLog;
import tools.jackson.databind.JsonNode;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LaunchTest {
    private TestServer server;

    @BeforeAll
    void start(@TempDir Path home) {
        server = new TestServer(home);
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @Test
    void answersWithTheProcessObject() {
        var response = server.post("/v1/processes", script("sleep 50", "return done"));
        assertThat(response.statusCode()).isEqualTo(202);
        JsonNode process = json(response);
        String id = process.get("id").asString();
        assertThat(response.headers().firstValue("Location")).contains("/v1/processes/" + id);
        assertThat(response.headers().firstValue("X-Pie-Process-Id")).contains(id);
        assertThat(response.headers().firstValue("X-Request-Id")).isPresent();
        assertThat(process.get("program").asString()).isEqualTo("main@0.0.0");
        assertThat(process.get("detach").asBoolean()).isTrue();
        assertThat(process.get("state").asString()).isEqualTo("running");
    }

    @Test
    void waitsForTheResult() {
        var response = server.post("/v1/processes?wait=10s", script("sleep 20", "return {\"a\":1}"));
        assertThat(response.statusCode()).isEqualTo(200);
        JsonNode result = json(response);
        assertThat(result.get("state").asString()).isEqualTo("completed");
        assertThat(result.get("value").asString()).isEqualTo("{\"a\":1}");
        assertThat(result.get("json").get("a").asInt()).isEqualTo(1);
        assertThat(result.get("error").isNull()).isTrue();
    }

    @Test
    void answersWithTheProcessWhenTheWaitIsOver() {
        var response = server.post("/v1/processes?wait=30ms", script("sleep 400", "return x"));
        assertThat(response.statusCode()).isEqualTo(202);
        String id = json(response).get("id").asString();
        assertThat(json(response).get("detach").asBoolean()).isTrue();
        assertThat(json(server.get("/v1/processes/" + id + "/result?wait=5"))
                        .get("value")
                        .asString())
                .isEqualTo("x");
    }

    @Test
    void saysWhatIsWrongWithABodyThatIsNoJson() {
        String cut = message(server.post("/v1/processes", "{\"source\": {\"files\": [1"));
        assertThat(cut).startsWith("the body is not valid JSON: ").doesNotContain("start marker", "REDACTED");
        assertThat(message(server.post("/v1/processes", "{\"bid\": 9E9999999999}")))
                .isEqualTo("the body has a number that is out of range");
        for (String type : List.of("text/x-ruby", "text/plain", "application/x-www-form-urlencoded")) {
            var response = server.send(server.request("/v1/processes")
                    .POST(BodyPublishers.ofString("def main(input): return 1"))
                    .header("Content-Type", type));
            assertThat(response.statusCode()).as(type).isEqualTo(400);
            assertThat(message(response)).as(type).contains("text/x-python");
        }
    }

    @Test
    void takesASourceTextAsBody() {
        var response =
                server.send(server.request("/v1/processes?wait=5&file=hello.py&label=team:a&input=%7B%22n%22%3A1.50%7D")
                        .POST(BodyPublishers.ofString("input"))
                        .header("Content-Type", "text/x-python; charset=utf-8"));
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(json(response).get("value").asString()).isEqualTo("{\"n\":1.50}");
        String id = json(response).get("id").asString();
        JsonNode process = json(server.get("/v1/processes/" + id));
        assertThat(process.get("program").asString()).isEqualTo("hello@0.0.0");
        assertThat(process.get("labels").get("team").asString()).isEqualTo("a");
    }

    @Test
    void readsABodyWithoutOriginAsJsonWhateverItsType() {
        var response = server.send(server.request("/v1/processes?wait=5")
                .POST(BodyPublishers.ofString(script("return y")))
                .header("Content-Type", "application/x-www-form-urlencoded"));
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(json(response).get("value").asString()).isEqualTo("y");
    }

    @Test
    void namesEachUnknownKey() {
        var response = server.post(
                "/v1/processes", "{\"source\":{\"language\":\"python\",\"code\":\"\",\"x~/y\":1},\"inptu\":{}}");
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(code(response)).isEqualTo("INVALID_ARGUMENT");
        JsonNode problems = json(response).get("error").get("details").get("problems");
        assertThat(problems).hasSize(2);
        assertThat(problems.toString()).contains("\"/inptu\"").contains("\"/source/x~0~1y\"");
    }

    @Test
    void namesWrongTypesAndRanges() {
        var response = server.post(
                "/v1/processes",
                "{\"source\":{\"language\":\"cobol\",\"code\":1},\"budget\":{\"tokens\":-1,\"wall\":\"x\"},\"labels\":[],"
                        + "\"detach\":\"yes\",\"seed\":1.5}");
        assertThat(response.statusCode()).isEqualTo(400);
        String details = json(response).get("error").get("details").toString();
        assertThat(details)
                .contains(
                        "/source/language",
                        "/source/code",
                        "/budget/tokens",
                        "/budget/wall",
                        "/labels",
                        "/detach",
                        "/seed");
    }

    @Test
    void refusesBidsAndServersOfTheWrongForm() {
        var bid = server.post("/v1/processes", "{\"source\":{\"language\":\"python\",\"code\":\"\"},\"bid\":-2}");
        assertThat(code(bid)).isEqualTo("INVALID_ARGUMENT");
        assertThat(json(bid).get("error").get("details").toString()).contains("/bid", "from 0 to 1000000");
        var mcp = server.post("/v1/processes", "{\"source\":{\"language\":\"python\",\"code\":\"\"},\"mcp\":[1]}");
        assertThat(code(mcp)).isEqualTo("INVALID_ARGUMENT");
        var neither = server.post("/v1/processes", "{}");
        assertThat(code(neither)).isEqualTo("INVALID_ARGUMENT");
    }

    @Test
    void passesErrorsOfTheRuntimeOn() {
        var syntax = server.post("/v1/processes", script("syntax"));
        assertThat(syntax.statusCode()).isEqualTo(400);
        assertThat(code(syntax)).isEqualTo("SOURCE_ERROR");
        assertThat(json(syntax).get("error").get("details").get("line").asInt()).isEqualTo(1);
        var full = server.post("/v1/processes", script("overloaded"));
        assertThat(full.statusCode()).isEqualTo(429);
        assertThat(full.headers().firstValue("Retry-After")).contains("1");
    }

    @Test
    void replaysAnIdempotentLaunch() {
        String body = script("return once");
        var first = server.send(server.request("/v1/processes?wait=5")
                .POST(BodyPublishers.ofString(body))
                .header("Idempotency-Key", "k1"));
        var second = server.send(server.request("/v1/processes?wait=5")
                .POST(BodyPublishers.ofString(body))
                .header("Idempotency-Key", "k1"));
        assertThat(first.headers().firstValue("Idempotent-Replay")).isEmpty();
        assertThat(second.headers().firstValue("Idempotent-Replay")).contains("true");
        assertThat(json(second).get("id")).isEqualTo(json(first).get("id"));
        assertThat(json(second).get("value").asString()).isEqualTo("once");
        var other = server.send(server.request("/v1/processes?wait=5")
                .POST(BodyPublishers.ofString(script("return twice")))
                .header("Idempotency-Key", "k1"));
        assertThat(other.statusCode()).isEqualTo(409);
        assertThat(json(other).get("error").get("details").get("reason").asString())
                .isEqualTo("idempotency");
        var streamed = server.send(server.request("/v1/processes?wait=5")
                .POST(BodyPublishers.ofString(body))
                .header("Accept", "text/event-stream")
                .header("Idempotency-Key", "k1"));
        assertThat(streamed.body()).contains("id: 1\nevent: return");
        var bad = server.send(server.request("/v1/processes")
                .POST(BodyPublishers.ofString(body))
                .header("Idempotency-Key", "x".repeat(129)));
        assertThat(bad.statusCode()).isEqualTo(400);
    }

    @Test
    void launchesABatchWhereOneFailureDoesNotHurtTheOthers() {
        var response = server.post(
                "/v1/processes/batch", "{\"items\":[" + script("return 1") + "," + script("syntax") + ",{\"x\":1}]}");
        assertThat(response.statusCode()).isEqualTo(200);
        JsonNode items = json(response).get("items");
        assertThat(items.get(0).get("status").asInt()).isEqualTo(202);
        assertThat(items.get(0).get("process").get("id").isString()).isTrue();
        assertThat(items.get(1).get("status").asInt()).isEqualTo(400);
        assertThat(items.get(1).get("error").get("code").asString()).isEqualTo("SOURCE_ERROR");
        assertThat(items.get(2).get("error").get("code").asString()).isEqualTo("INVALID_ARGUMENT");
        assertThat(code(server.post("/v1/processes/batch", "{\"items\":[]}"))).isEqualTo("INVALID_ARGUMENT");
        assertThat(code(server.post("/v1/processes/batch", "[1]"))).isEqualTo("INVALID_ARGUMENT");
    }

    @Test
    void keepsNumbersOfTheInputAsTheyWere() {
        String body = "{\"source\":{\"language\":\"python\",\"code\":\"input\"},\"input\":{\"a\":1.10,\"b\":1e400,"
                + "\"c\":12345678901234567890123}}";
        var response = server.post("/v1/processes?wait=5", body);
        assertThat(json(response).get("value").asString())
                .isEqualTo("{\"a\":1.10,\"b\":1E+400,\"c\":12345678901234567890123}");
    }

    @Test
    void streamsTheProcessFirstAndTheTerminalEventLast() {
        var response = server.send(server.request("/v1/processes")
                .POST(BodyPublishers.ofString(script("print hello", "send m", "return bye")))
                .header("Accept", "text/event-stream, application/json;q=0.9"));
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).contains("text/event-stream; charset=utf-8");
        assertThat(response.headers().firstValue("X-Accel-Buffering")).contains("no");
        var blocks = response.body().split("\n\n");
        assertThat(blocks[0]).startsWith("event: process\ndata: {\"id\":");
        assertThat(blocks[1]).startsWith("id: 1\nevent: stdout\ndata: {\"id\":1,\"type\":\"stdout\",");
        assertThat(blocks[1]).contains("\"data\":\"hello\"");
        assertThat(blocks[2]).startsWith("id: 2\nevent: message\n");
        assertThat(blocks[3]).startsWith("id: 3\nevent: return\n").contains("\"data\":\"bye\"");
        assertThat(blocks[4]).isEqualTo("event: end\ndata: {\"reason\":\"complete\"}");
        assertThat(blocks).hasSize(5);
    }

    @Test
    void aStreamHoldsItsProgramBackFromTheFirstEventOn(@TempDir Path home) {
        var limits = new EventLog.Limits(64, 1 << 20, Duration.ofMinutes(2));
        try (var own = new TestServer(home, limits, c -> c)) {
            // the launch returns when the program has written all that it may: nothing is read yet
            own.launcher.onStart = started -> Awaitility.await()
                    .atMost(Duration.ofMinutes(2))
                    .until(() -> started.log().writerBlocked() || started.log().ended());
            String body = own.send(own.request("/v1/processes")
                            .timeout(Duration.ofMinutes(2))
                            .POST(BodyPublishers.ofString(script("flood 300 10", "return over")))
                            .header("Content-Type", "application/json")
                            .header("Accept", "text/event-stream"))
                    .body();
            assertThat(body).doesNotContain("event: gap").contains("id: 1\n", "id: 300\n", "event: return");
        }
    }
}
