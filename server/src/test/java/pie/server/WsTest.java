package pie.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.http.HttpRequest;
import java.net.http.WebSocketHandshakeException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pie.engine.event.EventLog;
import pie.server.programs.ProgramStore;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class WsTest {
    private static final Map<String, String> ALICE = Map.of("x-pie-identity", "default/alice");

    @TempDir
    Path home;

    private static String manifest(String name, String more) {
        return "[package]\nname = \"" + name + "\"\nversion = \"0.1.0\"\n[runtime]\nlanguage = \"python\"\n" + more;
    }

    private static JsonNode install(WsClient client, String name, String more, String... lines) {
        return install(client, name, more, false, lines);
    }

    private static JsonNode install(WsClient client, String name, String more, boolean force, String... lines) {
        return client.install(manifest(name, more), force, String.join("\n", lines));
    }

    private static String launched(JsonNode answer) {
        assertThat(answer.path("ok").asBoolean()).as(answer.toString()).isTrue();
        return answer.path("result").asString();
    }

    private static void event(JsonNode message, String process, String event, String value) {
        assertThat(message.path("type").asString()).isEqualTo("process_event");
        assertThat(message.path("process_id").asString()).isEqualTo(process);
        assertThat(message.path("event").asString()).isEqualTo(event);
        assertThat(message.path("value").asString()).isEqualTo(value);
    }

    @Test
    void answers_a_ping_as_the_protocol_has_it() {
        try (var server = new TestServer(home);
                var client = new WsClient(server.server.uri(), "/", Map.of())) {
            client.raw(HexFormat.of().parseHex("82a474797065a470696e67a7636f72725f696401"));
            JsonNode answer = client.next();
            assertThat(answer.path("type").asString()).isEqualTo("response");
            assertThat(answer.path("corr_id").asLong()).isEqualTo(1);
            assertThat(answer.path("ok").asBoolean()).isTrue();
            assertThat(answer.path("result").asString()).isEqualTo("Pong");
        }
    }

    @Test
    void installs_launches_and_sends_events_in_order() {
        try (var server = new TestServer(home);
                var client = new WsClient(server.server.uri(), "/v1/ws", ALICE)) {
            assertThat(client.ask("auth_identify", "username", "alice")
                            .path("result")
                            .asString())
                    .isEqualTo("Authenticated (Engine disabled authentication)");
            assertThat(client.ask("check_program", "name", "talk", "version", "0.1.0")
                            .path("result")
                            .asString())
                    .isEqualTo("false");
            assertThat(install(client, "talk", "", "print hello", "send one", "return done")
                            .path("result")
                            .asString())
                    .isEqualTo("Program installed successfully");
            assertThat(client.ask("check_program", "name", "talk", "version", "0.1.0")
                            .path("result")
                            .asString())
                    .isEqualTo("true");
            for (String name : List.of("talk", "talk@latest", "talk@0.1.0")) {
                String id = launched(
                        client.ask("launch_process", "inferlet", name, "input", "{}", "capture_outputs", true));
                event(client.next(), id, "stdout", "hello");
                event(client.next(), id, "message", "one");
                event(client.next(), id, "return", "done");
            }
        }
    }

    @Test
    void terminates_lists_and_signals() {
        try (var server = new TestServer(home);
                var client = new WsClient(server.server.uri(), "/v1/ws", ALICE);
                var other = new WsClient(server.server.uri(), "/v1/ws", Map.of("x-pie-identity", "bob"))) {
            install(client, "wait", "", "send ready", "echo", "loop");
            String id = launched(
                    client.ask("launch_process", "inferlet", "wait", "input", "{\"a\":1}", "capture_outputs", true));
            event(client.next(), id, "message", "ready");
            JsonNode list = JsonMapper.shared()
                    .readTree(client.ask("list_processes").path("result").asString());
            assertThat(list.size()).isEqualTo(1);
            assertThat(list.path(0).path("id").asString()).isEqualTo(id);
            assertThat(list.path(0).path("username").asString()).isEqualTo("alice");
            assertThat(list.path(0).path("arguments").asString()).isEqualTo("{\"a\":1}");
            assertThat(other.ask("list_processes").path("result").asString()).isEqualTo("[]");
            assertThat(other.ask("terminate_process", "process_id", id)
                            .path("result")
                            .asString())
                    .isEqualTo("Permission denied");
            client.send("signal_process", "process_id", id, "message", "go on");
            event(client.next(), id, "message", "go on");
            assertThat(client.ask("terminate_process", "process_id", id)
                            .path("result")
                            .asString())
                    .isEqualTo("Process terminated");
            event(client.next(), id, "error", "Signal");
            assertThat(client.ask("terminate_process", "process_id", "x")
                            .path("result")
                            .asString())
                    .isEqualTo("Invalid process ID");
        }
    }

    @Test
    void a_process_outlives_its_session_and_can_be_attached() {
        try (var server = new TestServer(home)) {
            String id;
            try (var client = new WsClient(server.server.uri(), "/v1/ws", ALICE)) {
                install(client, "late", "", "send first", "echo", "return end");
                id = launched(client.ask("launch_process", "inferlet", "late", "input", "", "capture_outputs", true));
                event(client.next(), id, "message", "first");
            }
            try (var client = new WsClient(server.server.uri(), "/v1/ws", ALICE)) {
                assertThat(client.ask("attach_process", "process_id", id)
                                .path("result")
                                .asString())
                        .isEqualTo("Process attached");
                event(client.next(), id, "message", "first");
                client.send("signal_process", "process_id", id, "message", "hello");
                event(client.next(), id, "message", "hello");
                event(client.next(), id, "return", "end");
                assertThat(client.ask("attach_process", "process_id", "no")
                                .path("result")
                                .asString())
                        .isEqualTo("Invalid process_id");
            }
        }
    }

    @Test
    void runs_many_and_answers_with_what_they_returned() {
        try (var server = new TestServer(home);
                var client = new WsClient(server.server.uri(), "/?encoding=json", ALICE)) {
            install(client, "double", "", "input");
            client.socket
                    .sendText(
                            "{\"type\":\"run_processes\",\"corr_id\":77,\"inferlet\":\"double\",\"inputs\":[\"{\\\"a\\\":1}\",\"[]\",\"free text\"]}",
                            true)
                    .join();
            JsonNode done = client.next();
            JsonNode answer = done.path("type").asString().equals("turn_done") ? client.next() : done;
            assertThat(answer.path("corr_id").asLong()).isEqualTo(77);
            assertThat(answer.path("result").asString())
                    .isEqualTo("[\"{\\\"a\\\":1}\",\"{}\",\"{\\\"input\\\":\\\"free text\\\"}\"]");
        }
    }

    @Test
    void parameters_of_the_manifest_are_checked() {
        try (var server = new TestServer(home);
                var client = new WsClient(server.server.uri(), "/", ALICE)) {
            install(
                    client,
                    "typed",
                    "[parameters]\nn = {type = \"int\"}\nname = {type = \"string\", optional = true, default = \"x\"}\n",
                    "input");
            JsonNode bad =
                    client.ask("launch_process", "inferlet", "typed", "input", "{\"m\":1}", "capture_outputs", true);
            assertThat(bad.path("ok").asBoolean()).isFalse();
            assertThat(bad.path("result").asString())
                    .isEqualTo("INVALID_ARGUMENT: unknown parameter 'm'; missing parameter 'n'");
            String id = launched(
                    client.ask("launch_process", "inferlet", "typed", "input", "{\"n\":2}", "capture_outputs", true));
            event(client.next(), id, "return", "{\"n\":2,\"name\":\"x\"}");
        }
    }

    @Test
    void programs_survive_a_restart_and_other_content_needs_force() {
        try (var server = new TestServer(home);
                var client = new WsClient(server.server.uri(), "/", ALICE)) {
            install(client, "kept", "", "return 1");
            assertThat(install(client, "kept", "", "return 1").path("ok").asBoolean())
                    .isTrue();
            assertThat(install(client, "kept", "", "return 2").path("result").asString())
                    .isEqualTo("Program 'kept@0.1.0' already exists with different content");
        }
        try (var server = new TestServer(home);
                var client = new WsClient(server.server.uri(), "/", ALICE)) {
            String id =
                    launched(client.ask("launch_process", "inferlet", "kept", "input", "", "capture_outputs", true));
            event(client.next(), id, "return", "1");
        }
    }

    @Test
    void nobody_but_its_owner_and_the_operator_replaces_a_program() {
        String refused = "PERMISSION_DENIED: the program name '%s' belongs to another user; choose another name";
        try (var server = new TestServer(home);
                var alice = new WsClient(server.server.uri(), "/", ALICE);
                var bob = new WsClient(server.server.uri(), "/", Map.of("x-pie-identity", "bob"))) {
            install(alice, "hers", "", "return 1");
            server.send(server.request("/v1/programs/operators/0.1.0")
                    .header("Content-Type", "text/x-python")
                    .PUT(HttpRequest.BodyPublishers.ofString("return 1")));
            for (String name : List.of("hers", "operators")) {
                for (boolean force : new boolean[] {true, false}) {
                    JsonNode answer = install(bob, name, "", force, "return 'bob'");
                    assertThat(answer.path("ok").asBoolean()).isFalse();
                    assertThat(answer.path("result").asString()).isEqualTo(refused.formatted(name));
                }
                String id = launched(bob.ask("launch_process", "inferlet", name, "input", "", "capture_outputs", true));
                event(bob.next(), id, "return", "1");
            }
            assertThat(install(bob, "hers", "", true, "return 1").path("ok").asBoolean())
                    .isTrue();
            assertThat(install(alice, "hers", "", true, "return 2").path("ok").asBoolean())
                    .isTrue();
            var replaced = server.send(server.request("/v1/programs/hers/0.1.0?force=true")
                    .header("Content-Type", "text/x-python")
                    .PUT(HttpRequest.BodyPublishers.ofString("return 3")));
            assertThat(replaced.statusCode()).as(replaced.body()).isEqualTo(201);
            assertThat(TestServer.json(replaced).get("owner").asString()).isEqualTo("alice");
            assertThat(install(alice, "hers", "", true, "return 4").path("ok").asBoolean())
                    .isTrue();
        }
    }

    @Test
    void uploads_that_are_wrong_are_answered_once() {
        try (var server = new TestServer(home);
                var client = new WsClient(server.server.uri(), "/", ALICE)) {
            byte[] wasm = {0, 'a', 's', 'm', 1};
            Object[] fields = {
                "program_hash", ProgramStore.hash(wasm), "manifest", manifest("w", ""), "force_overwrite", false
            };
            assertThat(upload(client, fields, 1, 2, wasm).path("result").asString())
                    .isEqualTo("First chunk index must be 0");
            assertThat(upload(client, fields, 0, 1, wasm).path("result").asString())
                    .startsWith("UNSUPPORTED: WebAssembly programs do not run on this server");
            Object[] other = {"program_hash", "00", "manifest", manifest("w", ""), "force_overwrite", false};
            assertThat(upload(client, other, 0, 1, wasm).path("result").asString())
                    .startsWith("Hash mismatch: expected 00");
            Object[] broken = {"program_hash", ProgramStore.hash(wasm), "manifest", "=", "force_overwrite", false};
            assertThat(upload(client, broken, 0, 1, wasm).path("result").asString())
                    .startsWith("Invalid manifest: ");
        }
    }

    private static JsonNode upload(WsClient client, Object[] fields, int index, int total, byte[] data) {
        Object[] all = java.util.Arrays.copyOf(fields, fields.length + 6);
        System.arraycopy(
                new Object[] {"chunk_index", index, "total_chunks", total, "chunk_data", data},
                0,
                all,
                fields.length,
                6);
        return client.ask("add_program", all);
    }

    @Test
    void what_is_malformed_is_answered_or_ends_the_connection() throws Exception {
        try (var server = new TestServer(home)) {
            try (var client = new WsClient(server.server.uri(), "/", ALICE)) {
                assertThat(client.ask("dance").path("result").asString()).isEqualTo("Unknown message type 'dance'");
                assertThat(client.ask("launch_process").path("result").asString())
                        .isEqualTo("Missing field 'inferlet' in 'launch_process'");
                assertThat(client.ask("launch_process", "inferlet", "a b", "input", "")
                                .path("result")
                                .asString())
                        .isEqualTo("Invalid program identifier 'a b': expected 'name@major.minor.patch'");
                assertThat(client.ask("launch_process", "inferlet", "none", "input", "")
                                .path("result")
                                .asString())
                        .isEqualTo("Program 'none' not found");
                assertThat(client.ask("query", "subject", "weather", "record", "")
                                .path("result")
                                .asString())
                        .isEqualTo("Unknown query subject: weather");
                assertThat(client.ask("query", "subject", "model_status", "record", "")
                                .path("ok")
                                .asBoolean())
                        .isTrue();
                assertThat(client.ask("submit_workflow", "json", "{}")
                                .path("result")
                                .asString())
                        .isEqualTo("UNSUPPORTED: workflows");
            }
            try (var client = new WsClient(server.server.uri(), "/", ALICE)) {
                client.raw(new byte[] {(byte) 0xc1});
                assertThat(client.closed.get(60, TimeUnit.SECONDS)).isEqualTo(1007);
            }
        }
    }

    @Test
    void a_client_that_reads_nothing_makes_the_program_wait() {
        var limits = new EventLog.Limits(64, 1 << 20, Duration.ofMinutes(2));
        try (var server = new TestServer(home, limits, c -> c);
                var client = new WsClient(server.server.uri(), "/", ALICE)) {
            install(client, "flood", "", "flood 300 1000", "return over");
            // the launch returns when the program has written all that it may: nothing is read yet
            server.launcher.onStart = started -> Awaitility.await()
                    .atMost(Duration.ofMinutes(2))
                    .until(() -> started.log().writerBlocked() || started.log().ended());
            String id =
                    launched(client.ask("launch_process", "inferlet", "flood", "input", "", "capture_outputs", true));
            for (int i = 0; i < 300; i++) {
                assertThat(client.next().path("value").asString()).hasSize(1000);
            }
            event(client.next(), id, "return", "over");
        }
    }

    @Test
    void sessions_end_with_the_server() throws Exception {
        var server = new TestServer(home);
        try (var client = new WsClient(server.server.uri(), "/", ALICE)) {
            client.ask("ping");
            server.close();
            assertThat(client.closed.get(60, TimeUnit.SECONDS)).isEqualTo(1001);
        }
    }

    @Test
    void strangers_are_kept_out() {
        try (var server = new TestServer(home)) {
            assertThatThrownBy(
                            () -> new WsClient(server.server.uri(), "/v1/ws", Map.of("Origin", "http://evil.example")))
                    .hasCauseInstanceOf(WebSocketHandshakeException.class);
            assertThat(server.get("/v1/ws").statusCode()).isEqualTo(426);
        }
        try (var server = new TestServer(
                home,
                TestServer.EVENTS,
                c -> new ServerConfig(
                        c.host(), 0, c.origins(), c.hosts(), home, "on", false, c.drain(), c.disconnectGrace()))) {
            String token = read(home.resolve("run/internal.token"));
            try (var client = new WsClient(server.server.uri(), "/", Map.of())) {
                assertThat(client.ask("ping").path("result").asString()).isEqualTo("Not authenticated");
                assertThat(client.ask("auth_identify", "username", "eve")
                                .path("result")
                                .asString())
                        .isEqualTo("User 'eve' is not authorized");
                assertThat(client.ask("auth_by_token", "token", "wrong")
                                .path("result")
                                .asString())
                        .isEqualTo("Invalid token");
                assertThat(client.ask("auth_by_token", "token", token)
                                .path("result")
                                .asString())
                        .isEqualTo("Authenticated");
                Awaitility.await()
                        .untilAsserted(() -> assertThat(
                                        client.ask("ping").path("result").asString())
                                .isEqualTo("Pong"));
            }
            try (var client = new WsClient(server.server.uri(), "/", Map.of("Authorization", "Bearer " + token))) {
                assertThat(client.ask("ping").path("result").asString()).isEqualTo("Pong");
            }
            assertThatThrownBy(() -> new WsClient(server.server.uri(), "/v1/ws", Map.of("Authorization", "Bearer no")))
                    .hasCauseInstanceOf(WebSocketHandshakeException.class);
        }
    }

    private static String read(Path file) {
        try {
            return java.nio.file.Files.readString(file).strip();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
