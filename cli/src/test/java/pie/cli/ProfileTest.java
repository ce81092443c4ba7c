package pie.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pie.engine.EngineConfig;
import pie.engine.driver.DriverConfig;
import pie.engine.testing.TestModel;
import pie.runtime.Language;
import pie.runtime.RuntimeConfig;
import pie.server.Instance;
import pie.server.InstanceConfig;
import pie.server.PieServer;
import pie.server.ServerConfig;

/** {@code pie profile} of processes that a server runs: from now on, and from their beginning. */
final class ProfileTest {
    private static final String WRITER = """
            import { Context, Model, Sampler, runtime, timers } from 'inferlet';
            export async function main(input) {
              const ctx = new Context(Model.load(runtime.models()[0]));
              for (let i = 0; i < input.rounds; i++) {
                ctx.appendText('more and more');
                await ctx.generate(Sampler.argmax(), { maxTokens: 4, stop: [] }).collectText();
                await timers.sleep(20);
              }
            }
            """;

    @TempDir
    static Path dir;

    private static PieServer server;

    @BeforeAll
    static void start() throws IOException {
        Files.writeString(dir.resolve("writer.js"), WRITER);
        var runtime = RuntimeConfig.DEFAULT.withPoolMin(1).withLanguages(EnumSet.of(Language.JAVASCRIPT));
        var driver = DriverConfig.DEFAULT.withPages(512).withOption("delay_micros", "2000");
        var config =
                new InstanceConfig(TestModel.NAME, TestModel.path(), "dummy", driver, EngineConfig.DEFAULT, runtime);
        Path home = Files.createDirectories(dir.resolve("home"));
        server = PieServer.start(ServerConfig.loopback(home, 0), () -> Instance.open(config, line -> {}));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static Output pie(String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--url", server.uri().toString()));
        return Output.of(all.toArray(String[]::new));
    }

    private static String launch(int rounds, String... more) {
        List<String> words = new ArrayList<>(List.of("launch", "--input", "{\"rounds\":" + rounds + "}"));
        words.addAll(List.of(more));
        words.add(dir.resolve("writer.js").toString());
        Output launched = pie(words.toArray(String[]::new));
        assertThat(launched.code()).as(launched.err()).isZero();
        return launched.out().strip();
    }

    @Test
    void aRunningProcessIsRecordedForAsLongAsIsAsked() throws Exception {
        String id = launch(1_000_000);
        await().atMost(Duration.ofSeconds(60))
                .until(() -> pie("ps", "--json").out().contains("\"state\" : \"running\""));
        Path page = dir.resolve("running.html");
        Path trace = dir.resolve("running.json");
        // each look adds to the record, however little the machine gets done in one
        await().atMost(Duration.ofSeconds(120)).untilAsserted(() -> {
            Output profile =
                    pie("profile", id.substring(0, 6), "--for", "1s", "-o", page.toString(), "-o", trace.toString());
            assertThat(profile.code()).as(profile.err()).isZero();
            assertThat(profile.out())
                    .contains("writer@0.0.0: ", "WHERE", "forward", "timer", "generate  ", "writer.js:6", "STEPS")
                    .doesNotContain("starting");
        });
        assertThat(Files.readString(page)).startsWith("<!doctype html>").contains("writer.js:6");
        assertThat(Files.readString(trace)).contains("\"traceEvents\"");
        assertThat(pie("kill", "--now", id).code()).isZero();
    }

    @Test
    void oneThatHasEndedIsShownIfItWasRecorded() {
        String id = launch(3, "--profile");
        assertThat(pie("result", "--wait", "60s", id).code()).isZero();
        Path picture = dir.resolve("ended.svg");
        Output profile = pie("profile", id, "--out", picture.toString());
        assertThat(profile.code()).as(profile.err()).isZero();
        assertThat(profile.out()).contains("starting", "forward");
        assertThat(picture).content().startsWith("<svg");

        String other = launch(1);
        assertThat(pie("result", "--wait", "60s", other).code()).isZero();
        Output none = pie("profile", other, "--out", picture.toString());
        assertThat(none.code()).isEqualTo(3);
        assertThat(none.err()).contains("is not profiled: launch it with");
    }

    @Test
    void whatIsNeitherAFileNorAProcessIsToldApart() {
        assertThat(pie("profile", "zzzz").err()).contains("there is no file zzzz, and it is not the id of a process");
        assertThat(pie("profile", "abcdef").err()).contains("no process \"abcdef\"");
        assertThat(pie("profile", "abcdef", "-o", "x.png").err()).contains("must end with .html, .svg or .json");
    }
}
