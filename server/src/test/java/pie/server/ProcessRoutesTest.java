package pie.server;

import static org.assertj.core.api.Assertions.assertThat;
import static pie.server.TestServer.code;
import static pie.server.TestServer.json;
import static pie.server.TestServer.message;
import static pie.server.TestServer.script;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

@Timeout(60)
class ProcessRoutesTest {
    private TestServer server;

    @BeforeEach
    void start(@TempDir Path home) {
        server = new TestServer(home);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void findsProcessesByPrefix() {
        String id = server.launch("return 1");
        for (int length : new int[] {4, 8, 13, 36}) {
            assertThat(json(server.get("/v1/processes/" + id.substring(0, length)))
                            .get("id")
                            .asString())
                    .isEqualTo(id);
        }
        assertThat(json(server.get("/v1/processes/" + id.toUpperCase(java.util.Locale.ROOT)))
                        .get("id")
                        .asString())
                .isEqualTo(id);
        for (String unknown : List.of(id.substring(0, 3), UUID.randomUUID().toString(), "zzzz", "0".repeat(300))) {
            var response = server.get("/v1/processes/" + unknown);
            assertThat(response.statusCode()).as(unknown).isEqualTo(404);
            assertThat(json(response).get("error").get("details").get("kind").asString())
                    .isEqualTo("process");
        }
    }

    @Test
    void listsInPagesFilteredAndSorted() {
        var ids = new ArrayList<String>();
        for (int i = 0; i < 5; i++) {
            String body = script(i == 0 ? "loop" : "return 1");
            ids.addFirst(json(server.post(
                            "/v1/processes",
                            body.substring(0, body.length() - 1) + ",\"labels\":{\"n\":\"" + i + "\"}}"))
                    .get("id")
                    .asString());
        }
        ids.forEach(id -> server.get("/v1/processes/" + id + "/result?wait=" + (id.equals(ids.getLast()) ? "0" : "5")));
        var seen = new ArrayList<String>();
        String query = "?limit=2";
        while (true) {
            JsonNode page = json(server.get("/v1/processes" + query));
            page.get("items").forEach(p -> seen.add(p.get("id").asString()));
            if (page.get("next").isNull()) {
                break;
            }
            query = "?limit=2&cursor=" + page.get("next").asString();
        }
        assertThat(seen).isEqualTo(ids);
        assertThat(json(server.get("/v1/processes?state=running,queued")).get("items"))
                .hasSize(1);
        assertThat(json(server.get("/v1/processes?label=n:3")).get("items")).hasSize(1);
        assertThat(json(server.get("/v1/processes?program=main")).get("items")).hasSize(5);
        assertThat(json(server.get("/v1/processes?program=mai")).get("items")).isEmpty();
        assertThat(json(server.get("/v1/processes?q=" + ids.get(1).substring(0, 9)))
                        .get("items"))
                .hasSize(1);
        assertThat(json(server.get("/v1/processes?kind=app")).get("items")).isEmpty();
        assertThat(json(server.get("/v1/processes?since=2999-01-01T00:00:00Z")).get("items"))
                .isEmpty();
        assertThat(json(server.get("/v1/processes?sort=-elapsed"))
                        .get("items")
                        .get(0)
                        .get("id")
                        .asString())
                .isEqualTo(ids.getLast());
        for (String bad :
                List.of("state=x", "limit=0", "limit=1001", "cursor=x", "sort=size", "since=x", "label=x", "kind=x")) {
            assertThat(code(server.get("/v1/processes?" + bad))).as(bad).isEqualTo("INVALID_ARGUMENT");
        }
    }

    @Test
    void aListAsksNoEngineForAnything() {
        String id = server.launch("loop");
        var process = (ScriptProcess) server.launcher.processes().getFirst();
        server.get("/v1/processes/" + id);
        int before = process.asked.get();
        assertThat(before).isPositive();
        for (String query : List.of("", "?sort=tokens", "?sort=-pages", "?state=running")) {
            assertThat(json(server.get("/v1/processes" + query)).get("items")).hasSize(1);
        }
        assertThat(process.asked).hasValue(before);
    }

    @Test
    void endsForgetsAndAnswersTwice() {
        String id = server.launch("loop");
        var ended = server.delete("/v1/processes/" + id + "?wait=10");
        assertThat(ended.statusCode()).isEqualTo(200);
        assertThat(json(ended).get("state").asString()).isEqualTo("cancelled");
        assertThat(json(ended).get("error").get("code").asString()).isEqualTo("CANCELLED");
        assertThat(server.delete("/v1/processes/" + id).statusCode()).isEqualTo(200);
        assertThat(server.delete("/v1/processes/" + id + "?purge=true").statusCode())
                .isEqualTo(204);
        assertThat(server.get("/v1/processes/" + id).statusCode()).isEqualTo(404);
        String other = server.launch("sleep 50", "loop");
        assertThat(server.delete("/v1/processes/" + other).statusCode()).isIn(200, 202);
        assertThat(server.get("/v1/processes/" + other + "/result?wait=10").statusCode())
                .isEqualTo(200);
    }

    @Test
    void deliversMessagesInOrder() {
        String id = server.launch("echo", "echo", "return bye");
        var first = server.post("/v1/processes/" + id + "/messages", "{\"message\":\"plain text\"}");
        assertThat(first.statusCode()).isEqualTo(202);
        assertThat(json(first).get("queued").isNumber()).isTrue();
        server.post("/v1/processes/" + id + "/messages", "{\"message\":{\"n\":1.10}}");
        server.get("/v1/processes/" + id + "/result?wait=10");
        String events = server.get("/v1/processes/" + id + "/events").body();
        assertThat(events).contains("\"data\":\"plain text\"").contains("\"data\":\"{\\\"n\\\":1.10}\"");
        var late = server.post("/v1/processes/" + id + "/messages", "{\"message\":1}");
        assertThat(late.statusCode()).isEqualTo(409);
        for (String bad : List.of("{}", "{\"message\":1,\"x\":2}", "[]", "1")) {
            assertThat(code(server.post("/v1/processes/" + id + "/messages", bad)))
                    .isEqualTo("INVALID_ARGUMENT");
        }
        String full = server.launch("loop");
        for (int i = 0; i < 8; i++) {
            server.post("/v1/processes/" + full + "/messages", "{\"message\":1}");
        }
        assertThat(server.post("/v1/processes/" + full + "/messages", "{\"message\":1}")
                        .statusCode())
                .isEqualTo(429);
    }

    @Test
    void takesSignals() {
        String id = server.launch("loop");
        assertThat(code(server.post("/v1/processes/" + id + "/signal", "{\"signal\":\"suspend\"}")))
                .isEqualTo("UNSUPPORTED");
        assertThat(code(server.post("/v1/processes/" + id + "/signal", "{\"signal\":\"hup\"}")))
                .isEqualTo("INVALID_ARGUMENT");
        assertThat(server.post("/v1/processes/" + id + "/signal", "{\"signal\":\"interrupt\"}")
                        .statusCode())
                .isEqualTo(202);
        assertThat(json(server.get("/v1/processes/" + id + "/result?wait=10"))
                        .get("state")
                        .asString())
                .isEqualTo("cancelled");
        assertThat(server.post("/v1/processes/" + id + "/signal", "{\"signal\":\"kill\"}")
                        .statusCode())
                .isEqualTo(409);
        String killed = server.launch("loop");
        server.post("/v1/processes/" + killed + "/signal", "{\"signal\":\"kill\"}");
        assertThat(json(server.get("/v1/processes/" + killed + "/result?wait=10"))
                        .get("state")
                        .asString())
                .isEqualTo("cancelled");
    }

    @Test
    void givesTheRawValueAndTheStatusOfAFailure() {
        String text = server.launch("return plain text");
        var raw = server.get("/v1/processes/" + text + "/result?wait=10&raw=true");
        assertThat(raw.body()).isEqualTo("plain text");
        assertThat(raw.headers().firstValue("Content-Type")).contains("text/plain; charset=utf-8");
        String parsed = server.launch("return {\"a\":[1]}");
        var json = server.get("/v1/processes/" + parsed + "/result?wait=10&raw=true");
        assertThat(json.body()).isEqualTo("{\"a\":[1]}");
        assertThat(json.headers().firstValue("Content-Type")).contains("application/json; charset=utf-8");
        String failed = server.launch("fail UNSUPPORTED nothing of the kind");
        var error = server.get("/v1/processes/" + failed + "/result?wait=10&raw=true");
        assertThat(error.statusCode()).isEqualTo(502);
        assertThat(message(error)).isEqualTo("nothing of the kind");
        String spent = server.launch("fail BUDGET_EXHAUSTED two tokens are gone");
        assertThat(server.get("/v1/processes/" + spent + "/result?wait=10&raw=true")
                        .statusCode())
                .isEqualTo(402);
        var whole = server.get("/v1/processes/" + failed + "/result");
        assertThat(whole.statusCode()).isEqualTo(200);
        assertThat(json(whole).get("error").get("code").asString()).isEqualTo("UNSUPPORTED");
        String running = server.launch("loop");
        assertThat(server.get("/v1/processes/" + running + "/result").statusCode())
                .isEqualTo(202);
        assertThat(code(server.get("/v1/processes/" + running + "/result?wait=301")))
                .isEqualTo("INVALID_ARGUMENT");
        assertThat(code(server.get("/v1/processes/" + running + "/result?wait=soon")))
                .isEqualTo("INVALID_ARGUMENT");
    }
}
