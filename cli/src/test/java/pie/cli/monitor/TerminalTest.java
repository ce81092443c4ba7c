package pie.cli.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
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
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import pie.cli.Json;
import pie.engine.EngineConfig;
import pie.engine.driver.DriverConfig;
import pie.engine.testing.TestModel;
import pie.runtime.Language;
import pie.runtime.RuntimeConfig;
import pie.server.Instance;
import pie.server.InstanceConfig;
import pie.server.PieServer;
import pie.server.ServerConfig;

/** The command itself, in a terminal or a pipe, against a server: what it shows, and what it leaves behind however it ends. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(600)
final class TerminalTest {
    private static final Path ROOT =
            Path.of(System.getProperty("pie.root", "..")).toAbsolutePath().normalize();
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final String LINE = "\\d\\d:\\d\\d:\\d\\d  running \\d+  waiting \\d+  kv .*  req/s .*";

    private static final String STORY = """
            import { Context, Model, Sampler, runtime, session } from 'inferlet';
            export async function main() {
              const ctx = new Context(Model.load(runtime.models()[0]));
              ctx.append(Array.from({ length: 40 }, (_, i) => 5000 + i));
              await ctx.generate(Sampler.argmax(), { maxTokens: 25, stop: [], autoFlush: false }).collectTokens();
              console.log('the story so far');
              await session.receive();
            }
            """;

    private PieServer server;

    @TempDir
    Path home;

    @TempDir
    Path dir;

    @BeforeAll
    void serve(@TempDir Path serverHome) {
        DriverConfig driver = DriverConfig.DEFAULT.withPages(256);
        var runtime = RuntimeConfig.DEFAULT.withPoolMin(1).withLanguages(EnumSet.of(Language.JAVASCRIPT));
        var config =
                new InstanceConfig(TestModel.NAME, TestModel.path(), "dummy", driver, EngineConfig.DEFAULT, runtime);
        server = PieServer.start(ServerConfig.loopback(serverHome, 0), () -> Instance.open(config, line -> {}));
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private static String quoted(Object text) {
        return "'" + text.toString().replace("'", "'\\''") + "'";
    }

    /** Return the words that run pie's main class. @param tty which of the standard streams are a terminal */
    private static List<String> pie(String tty, String... arguments) {
        List<String> words = new ArrayList<>();
        words.add(System.getProperty("java.home") + "/bin/java");
        words.addAll(List.of(System.getProperty("pie.jvm.flags", "").split(" ")));
        words.addAll(List.of("-XX:TieredStopAtLevel=1", "-Xlog:disable", "-Dpie.tty=" + tty, "-cp"));
        words.add(System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
        words.add("pie.cli.Main");
        words.addAll(List.of(arguments));
        return words;
    }

    private static String command(List<String> words) {
        return String.join(" ", words.stream().map(TerminalTest::quoted).toList());
    }

    private String top() {
        return command(pie("111", "top", "--url", server.uri().toString()));
    }

    /** Run a command in a terminal between two looks at how the terminal is set. */
    private Pty terminal(int width, int height, String command) throws IOException {
        assumeTrue(Pty.isThere(), "a terminal is made by script of util-linux, which is not installed here");
        Path script = dir.resolve("run.sh");
        Files.writeString(script, """
                trap : INT
                echo was here before
                stty -g > %s
                %s
                echo "ended with $?" > %s
                stty -g > %s
                echo is here after
                sleep 600
                """.formatted(
                        quoted(dir.resolve("stty.before")),
                        command,
                        quoted(dir.resolve("code")),
                        quoted(dir.resolve("stty.after"))));
        return new Pty(width, height, dir, Map.of("PIE_HOME", home.toString()), "exec sh " + quoted(script));
    }

    private void assertRestored(Pty pty, String code) throws IOException {
        Vt vt = pty.screen();
        awaitText(pty, "is here after");
        assertThat(vt.screen()).contains("was here before").doesNotContain("prefill");
        assertThat(vt.alternate()).as("second screen").isFalse();
        assertThat(vt.cursor()).as("cursor").isTrue();
        assertThat(vt.wraps()).as("lines wrap").isTrue();
        assertThat(dir.resolve("stty.after")).hasSameTextualContentAs(dir.resolve("stty.before"));
        assertThat(dir.resolve("code")).hasContent("ended with " + code);
    }

    private static void awaitText(Pty pty, String... texts) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(pty.screen().screen()).contains(texts));
    }

    private String launch() throws IOException, InterruptedException {
        var source = Map.of("language", "javascript", "file", "story.js", "code", STORY);
        HttpResponse<String> answer = post(server.uri(), "/v1/processes", Map.of("source", source));
        return Json.parse(answer.body()).path("id").asString();
    }

    private static HttpResponse<String> post(URI server, String path, Map<String, ?> body)
            throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                    HttpRequest.newBuilder(server.resolve(path))
                            .POST(BodyPublishers.ofString(Json.line(body)))
                            .build(),
                    BodyHandlers.ofString());
        }
    }

    @Test
    void aProgramIsSeenLookedIntoAndEnded() throws Exception {
        String id = launch();
        String shown = id.substring(0, 8);
        try (Pty pty = terminal(120, 36, top())) {
            await().atMost(PATIENCE)
                    .until(() -> pty.screen()
                            .screen()
                            .lines()
                            .anyMatch(row -> row.contains(shown) && row.contains("message") && row.contains(" 65 ")));
            assertThat(pty.screen().alternate()).isTrue();
            pty.type("\r");
            awaitText(pty, "the story so far", "where its time goes", "prefill 40", "decode 25", "running, message");
            pty.resize(80, 24);
            awaitText(pty, "the story so far", "where its time goes", "running, message");
            pty.type("k");
            awaitText(pty, "end " + shown + " story@0.0.0");
            pty.type("y");
            awaitText(pty, "CANCELLED");
            pty.type("q");
            awaitText(pty, "no program is running");
            pty.type("q");
            assertRestored(pty, "0");
        }
    }

    @Test
    void ctrlCGivesTheTerminalBack() throws Exception {
        try (Pty pty = terminal(80, 24, top())) {
            awaitText(pty, "● live");
            pty.type("\u0003");
            assertRestored(pty, "130");
        }
    }

    @Test
    void sigtermGivesTheTerminalBack() throws Exception {
        Path pid = dir.resolve("pid");
        try (Pty pty = terminal(80, 24, "sh -c " + quoted("echo $$ > " + pid + "; exec " + top()))) {
            awaitText(pty, "● live");
            process(pid).destroy();
            assertRestored(pty, "143");
        }
    }

    /** The launcher's guard does what the monitor cannot any more. */
    @Test
    void evenKillNineGivesTheScreenBack() throws Exception {
        Path pid = dir.resolve("pid");
        List<String> words = pie("111", "top", "--url", server.uri().toString());
        String java = quoted(words.getFirst()) + " \"${flags[@]}\" " + command(words.subList(1, words.size()));
        String guarded = "root=" + quoted(ROOT) + "; . \"$root/scripts/launch.sh\"; app=" + quoted(dir)
                + "; flags=(); guard_screen; echo $$ > " + quoted(pid) + "; exec " + java;
        try (Pty pty = terminal(80, 24, "bash -c " + quoted(guarded))) {
            awaitText(pty, "● live");
            process(pid).destroyForcibly();
            await().atMost(PATIENCE)
                    .until(() -> !pty.screen().alternate()
                            && pty.screen().cursor()
                            && pty.screen().wraps());
        }
    }

    private static ProcessHandle process(Path pid) throws IOException {
        return ProcessHandle.of(Long.parseLong(Files.readString(pid).strip())).orElseThrow();
    }

    private List<String> monitoredServer(String tty) throws IOException {
        return pie(
                tty,
                "serve",
                "--monitor",
                "--driver",
                "dummy",
                "--port",
                "0",
                "--model",
                TestModel.path().toString(),
                "--drain",
                "1s");
    }

    @Test
    void afterLeavingTheMonitorOfAServerRequestsStillSucceed() throws Exception {
        String serve = command(monitoredServer("111"));
        try (Pty pty = terminal(120, 36, serve)) {
            awaitText(pty, "● live", "server goes on");
            pty.type("l");
            awaitText(pty, "log of the server");
            pty.type("qq");
            awaitText(pty, "the server goes on at http://");
            assertThat(pty.screen().alternate()).isFalse();
            URI url = URI.create(pty.screen().screen().replaceAll("(?s).*goes on at (http://[0-9.:]+);.*", "$1"));
            for (int i = 0; i < 3; i++) {
                HttpResponse<String> answer =
                        post(url, "/v1/completions", Map.of("prompt", "Once", "max_tokens", 4, "ignore_eos", true));
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
                assertThat(Json.parse(answer.body())
                                .at("/usage/completion_tokens")
                                .asInt())
                        .isEqualTo(4);
            }
            pty.type("\u0003");
            assertRestored(pty, "0");
        }
    }

    private Process piped(List<String> words) throws IOException {
        var builder = new ProcessBuilder(words).redirectError(dir.resolve("err").toFile());
        builder.environment().put("PIE_HOME", home.toString());
        return builder.start();
    }

    @Test
    void aPipeGetsALineForEachSnapshot() throws Exception {
        Process top = piped(pie("000", "top", "--url", server.uri().toString()));
        try (BufferedReader lines = top.inputReader()) {
            for (int i = 0; i < 3; i++) {
                assertThat(lines.readLine()).matches(LINE);
            }
        } finally {
            top.destroy();
        }
    }

    /** A server tells its snapshots a second apart by its own clock, so that late readers do not matter. */
    @Test
    void aPipeGetsOneSnapshotASecond() throws Exception {
        Process top = piped(pie("000", "top", "--json", "--url", server.uri().toString()));
        try (BufferedReader lines = top.inputReader()) {
            Instant before = Instant.MIN;
            for (int i = 0; i < 4; i++) {
                Instant time =
                        Instant.parse(Json.parse(lines.readLine()).path("time").asString());
                if (i > 0) {
                    assertThat(Duration.between(before, time)).isGreaterThanOrEqualTo(Duration.ofMillis(950));
                }
                before = time;
            }
        } finally {
            top.destroy();
        }
    }

    @Test
    void theMonitorOfAServerInAPipeIsLinesToo() throws Exception {
        Process serve = piped(monitoredServer("000"));
        try (BufferedReader lines = serve.inputReader()) {
            assertThat(lines.readLine()).startsWith("ready http://");
            for (int i = 0; i < 2; i++) {
                assertThat(lines.readLine()).matches(LINE);
            }
        } finally {
            serve.destroy();
        }
        assertThat(serve.waitFor()).isZero();
    }
}
