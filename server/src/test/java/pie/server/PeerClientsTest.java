package pie.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Let clients of others, unmodified, talk to the real server: the OpenAI SDKs and the Pie clients for Python and Node. {@code ./dev
 * clients} fetches them into {@code target/clients}; what is not there is passed over.
 */
class PeerClientsTest {
    private static final Path CLIENTS = Path.of(System.getProperty("pie.root", ".."))
            .resolve("target/clients")
            .toAbsolutePath()
            .normalize();
    private static final Path SCRIPTS = Path.of("src/test/resources/clients").toAbsolutePath();

    @TempDir
    static Path home;

    private static PieServer server;

    @BeforeAll
    static void start() {
        if (Files.isDirectory(CLIENTS)) {
            server = RealServer.start(home);
        }
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    private static JsonNode run(Path interpreter, Path folder, String script, String address) throws Exception {
        assumeThat(interpreter).as("./dev clients fetches it").exists();
        List<String> command = new ArrayList<>(List.of(interpreter.toString(), script, address));
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        Map<String, String> environment = builder.environment();
        environment.put("PYTHONDONTWRITEBYTECODE", "1");
        environment.put("NO_PROXY", "127.0.0.1,localhost");
        Path errors = Files.createTempFile(home, "client", ".err");
        Process process = builder.redirectError(errors.toFile()).start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(300, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(text + Files.readString(errors)).isZero();
        return JsonMapper.shared().readTree(text.lines().toList().getLast());
    }

    private static JsonNode python(String environment, String script, String address) throws Exception {
        return run(
                CLIENTS.resolve(environment + "/bin/python"),
                SCRIPTS,
                SCRIPTS.resolve(script).toString(),
                address);
    }

    /** Node finds packages beside the script. */
    private static JsonNode node(String script, String address) throws Exception {
        Path folder = CLIENTS.resolve("node");
        assumeThat(folder.resolve("node_modules"))
                .as("./dev clients fetches it")
                .exists();
        Path copy = folder.resolve("run-" + ProcessHandle.current().pid() + "-" + script);
        Files.copy(SCRIPTS.resolve(script), copy);
        try {
            return run(nodeBinary(), folder, copy.toString(), address);
        } finally {
            Files.delete(copy);
        }
    }

    private static Path nodeBinary() throws IOException {
        return Path.of(Files.readString(CLIENTS.resolve("node/binary")).strip());
    }

    private static String ws() {
        return server.uri().toString().replace("http:", "ws:");
    }

    private static void spoke(JsonNode out, String text, String streamed) {
        assertThat(out.path(text).asString()).isNotBlank();
        assertThat(out.path(streamed)).isEqualTo(out.path(text));
        assertThat(out.path("usage").asBoolean()).isTrue();
        assertThat(out.path("choices").asInt()).isEqualTo(2);
        assertThat(out.path("unknown").toString()).isEqualTo("[404,\"model_not_found\",\"model\"]");
    }

    @Test
    void the_openai_package_for_python() throws Exception {
        JsonNode out = python("openai", "openai_sdk.py", String.valueOf(server == null ? "" : server.uri()));
        spoke(out, "text", "streamed");
        assertThat(out.path("streamed_usage").asBoolean()).isTrue();
        assertThat(out.path("logprobs").asInt()).isPositive();
        assertThat(out.path("digit").asInt()).isBetween(0, 9);
        assertThat(out.path("tool").toString()).isEqualTo("[\"tool_calls\",\"roll\"]");
        assertThat(out.path("helper").asString()).isIn("yes", "no");
        assertThat(out.path("range").toString()).isEqualTo("[400,\"n\"]");
    }

    @Test
    void the_openai_package_for_node() throws Exception {
        spoke(node("openai_sdk.mjs", String.valueOf(server == null ? "" : server.uri())), "text", "streamed");
    }

    private static void drove(JsonNode out) {
        assertThat(out.path("text").asString()).isNotBlank();
        assertThat(out.path("ready").asString()).isEqualTo("ready");
        assertThat(out.path("got").asString()).isEqualTo("got ping");
        assertThat(out.path("listed").asBoolean()).isTrue();
        assertThat(out.path("ended").toString()).isEqualTo("[\"error\",\"Signal\"]");
        assertThat(out.path("unknown").asString()).contains("Program 'nothing@9.9.9' not found");
    }

    private static void measured(JsonNode out) {
        drove(out);
        assertThat(out.path("has_greedy").asBoolean()).isTrue();
        assertThat(out.path("first").asDouble())
                .isPositive()
                .isLessThanOrEqualTo(out.path("whole").asDouble());
        assertThat(out.path("pages").path(0).asInt()).isEqualTo(512);
        if (out.has("tools")) { // a client that knows of MCP servers, and runs one
            assertThat(out.path("tools").path(0).asString()).isEqualTo("return");
            assertThat(out.path("tools").path(1).asString())
                    .isEqualTo("[[\"add\"], \"5\", [\"UPSTREAM_FAILURE\", -32602]]");
        }
    }

    @Test
    void pie_client_04_for_python() throws Exception {
        JsonNode out = python("pie-client-0.4", "pie_loop.py", server == null ? "" : ws());
        measured(out);
        assertThat(out.path("many").asInt()).isEqualTo(2);
    }

    @Test
    void pie_client_05_for_python() throws Exception {
        JsonNode out = python("pie-client-0.5", "pie_loop.py", server == null ? "" : ws());
        measured(out);
        assertThat(out.path("sum").toString()).isEqualTo("{\"sum\":5}");
        assertThat(out.path("again").toString()).isEqualTo("{\"sum\":5}");
    }

    @Test
    void the_pie_client_for_node() throws Exception {
        JsonNode out = node("pie_loop.mjs", server == null ? "" : ws());
        drove(out);
        assertThat(out.path("begun").asString()).contains("begun");
        assertThat(out.path("has").asBoolean()).isTrue();
    }
}
