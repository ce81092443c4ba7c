package pie.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import pie.runtime.Language;
import pie.runtime.RuntimeConfig;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Have a program call MCP servers that its client runs, over the client's WebSocket. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // set before all tests
class McpRelayTest {
    private static final String PROGRAM = """
            import { mcp, session } from 'inferlet';
            export async function main({ words, wait = false }) {
              const out = [];
              for (const word of words) {
                if (wait) {
                  session.send('waiting');
                  await session.receive();
                }
                try {
                  const desk = await mcp.connectAsync('desk');
                  out.push(JSON.parse(await desk.callToolAsync('echo', JSON.stringify({ word }))));
                } catch (e) {
                  out.push([e.code, e.details.rpc?.code ?? null, e.message]);
                }
              }
              return JSON.stringify(out);
            }
            """;

    @TempDir
    static Path home;

    private PieServer server;

    @BeforeAll
    void start() {
        server =
                RealServer.dummy(home, RuntimeConfig.DEFAULT.withPoolMin(1).withLanguages(Set.of(Language.JAVASCRIPT)));
        try (WsClient client = client()) {
            JsonNode added = client.install(
                    "[package]\nname = \"desk\"\nversion = \"1.0.0\"\n[runtime]\nlanguage = \"javascript\"\n",
                    false,
                    PROGRAM);
            assertThat(added.path("ok").asBoolean()).as(added.toString()).isTrue();
        }
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private WsClient client() {
        return new WsClient(server.uri(), "/v1/ws", Map.of("x-pie-identity", "default/ada"));
    }

    private static JsonNode register(WsClient client, String name, String transport) {
        return client.ask("register_mcp_server", "name", name, "transport", transport, "command", "desk-server");
    }

    private static String launch(WsClient client, String input) {
        JsonNode answer = client.ask("launch_process", "inferlet", "desk", "input", input, "capture_outputs", true);
        assertThat(answer.path("ok").asBoolean()).as(answer.toString()).isTrue();
        return answer.path("result").asString();
    }

    private static JsonNode asked(WsClient client, String process) {
        JsonNode request = client.next();
        assertThat(request.path("type").asString()).as(request.toString()).isEqualTo("mcp_request");
        assertThat(request.path("process_id").asString()).isEqualTo(process);
        assertThat(request.path("server_name").asString()).isEqualTo("desk");
        assertThat(request.path("method").asString()).isEqualTo("tools/call");
        return request;
    }

    private static void answer(WsClient client, JsonNode request, boolean ok, String result) {
        client.raw(WsClient.pack(Map.of(
                "type", "mcp_response", "corr_id", request.path("corr_id").asLong(), "ok", ok, "result", result)));
    }

    private static JsonNode returned(WsClient client) {
        JsonNode event = client.next();
        assertThat(event.path("event").asString()).as(event.toString()).isEqualTo("return");
        return JsonMapper.shared().readTree(event.path("value").asString());
    }

    private static JsonNode word(JsonNode request) {
        JsonNode params = JsonMapper.shared().readTree(request.path("params").asString());
        assertThat(params.path("name").asString()).isEqualTo("echo");
        return params.path("arguments").path("word");
    }

    @Test
    void answers_and_failures_of_the_clients_server_reach_the_program() {
        try (WsClient client = client()) {
            assertThat(register(client, "desk", "stdio").path("result").asString())
                    .isEqualTo("MCP server registered");
            String process = launch(client, "{\"words\":[\"one\",\"two\",\"three\"]}");
            JsonNode first = asked(client, process);
            assertThat(first.path("corr_id").asLong()).isEqualTo(1);
            assertThat(word(first).asString()).isEqualTo("one");
            answer(client, first, true, "{\"content\":[]}");
            answer(client, asked(client, process), false, "{\"code\":-32601,\"message\":\"no such tool\"}");
            answer(client, asked(client, process), true, "not JSON");
            JsonNode out = returned(client);
            assertThat(out.path(0).toString()).isEqualTo("{\"content\":[]}");
            assertThat(out.path(1).path(0).asString()).isEqualTo("UPSTREAM_FAILURE");
            assertThat(out.path(1).path(1).asInt()).isEqualTo(-32601);
            assertThat(out.path(1).path(2).asString()).contains("no such tool");
            assertThat(out.path(2).path(1).asInt()).isEqualTo(-32603);
        }
    }

    @Test
    void a_client_that_leaves_fails_its_calls_and_the_next_one_takes_over() {
        String process;
        try (WsClient client = client()) {
            register(client, "desk", "stdio");
            process = launch(client, "{\"words\":[\"one\",\"two\"],\"wait\":true}");
            assertThat(client.next().path("value").asString()).isEqualTo("waiting");
            signal(client, process);
            asked(client, process);
        }
        try (WsClient client = client()) {
            register(client, "desk", "stdio");
            assertThat(client.ask("attach_process", "process_id", process)
                            .path("result")
                            .asString())
                    .isEqualTo("Process attached");
            assertThat(client.next().path("value").asString()).isEqualTo("waiting");
            assertThat(client.next().path("value").asString()).isEqualTo("waiting");
            signal(client, process);
            JsonNode request = asked(client, process);
            assertThat(word(request).asString()).isEqualTo("two");
            answer(client, request, true, "{\"done\":true}");
            JsonNode out = returned(client);
            assertThat(out.path(0).path(1).asInt()).isEqualTo(-32000);
            assertThat(out.path(0).path(2).asString()).contains("the client has left");
            assertThat(out.path(1).toString()).isEqualTo("{\"done\":true}");
        }
    }

    private static void signal(WsClient client, String process) {
        client.raw(WsClient.pack(Map.of("type", "signal_process", "process_id", process, "message", "go")));
    }

    @Test
    void a_server_that_is_registered_late_is_there_for_what_runs_already() {
        try (WsClient client = client()) {
            String process = launch(client, "{\"words\":[\"one\"],\"wait\":true}");
            assertThat(client.next().path("value").asString()).isEqualTo("waiting");
            register(client, "desk", "stdio");
            signal(client, process);
            answer(client, asked(client, process), true, "{}");
            assertThat(returned(client).toString()).isEqualTo("[{}]");
        }
    }

    @Test
    void other_transports_are_refused_as_clients_know_it() {
        try (WsClient client = client()) {
            assertThat(register(client, "desk", "pigeon").path("result").asString())
                    .isEqualTo("Unsupported MCP transport 'pigeon'");
            assertThat(register(client, "desk", "http").path("result").asString())
                    .isEqualTo("Missing field 'url' in 'register_mcp_server'");
            assertThat(client.ask("register_mcp_server", "name", "d", "transport", "http", "url", "file:///etc/passwd")
                            .path("ok")
                            .asBoolean())
                    .isFalse();
            launch(client, "{\"words\":[\"one\"]}");
            assertThat(returned(client).path(0).path(0).asString()).isEqualTo("NOT_FOUND");
        }
    }
}
