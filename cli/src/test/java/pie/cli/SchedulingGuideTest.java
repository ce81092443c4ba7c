package pie.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
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

/** Do what docs/scheduling.md does, command by command, on a driver that takes 20 ms a step and computes nothing. */
class SchedulingGuideTest {
    private static final Pattern DECODES = Pattern.compile("\"decode\" : [1-9]");
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    private final Path guide = ROOT.resolve("docs/scheduling.md");

    @Test
    void the_commands_of_the_guide_show_who_waits_and_why(@TempDir Path home) throws Exception {
        String text = Files.readString(guide);
        DriverConfig driver = DriverConfig.DEFAULT.withPages(40).withOption("delay_micros", "20000");
        var runtime = RuntimeConfig.DEFAULT.withPoolMin(2).withLanguages(EnumSet.of(Language.JAVASCRIPT));
        var config =
                new InstanceConfig(TestModel.NAME, TestModel.path(), "dummy", driver, EngineConfig.DEFAULT, runtime);
        try (PieServer server =
                PieServer.start(ServerConfig.loopback(home, 0), () -> Instance.open(config, line -> {}))) {
            List<String> commands = commands(text, server.uri().toString());
            assertThat(commands).hasSize(5);
            String patient = run(commands.get(0)).strip();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> DECODES.matcher(run("ps --json --url " + server.uri()))
                            .find());
            String urgent = run(commands.get(1)).strip();
            String explain = commands.get(2).replace("ID", patient);
            String said = Awaitility.await()
                    .pollInterval(Duration.ofMillis(50))
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> run(explain), out -> out.contains(" waits ") && out.contains("displaced"));
            assertThat(said)
                    .containsPattern(patient.substring(0, 8) + " waits [0-9.]+ s for [0-9]+ pages: .*its bid ")
                    .containsPattern("displaced +(bid|growth|idle_device|aged) +" + urgent.substring(0, 8))
                    .contains("steps missed: ")
                    .contains("excluded");
            assertThat(run(commands.get(3).replace("ID", patient))).contains("patient: 300 tokens");
            assertThat(run(commands.get(4).replace("ID", urgent)))
                    .containsPattern("urgent: 350 tokens, lowest price 0\\.001");
            assertThat(run(explain)).contains("has ended (completed)");
        }
    }

    /** Return the lines of console blocks that call pie, but for the one that starts the server. */
    private static List<String> commands(String text, String url) {
        List<String> commands = new ArrayList<>();
        for (String line : text.lines().toList()) {
            if (line.startsWith("$ ./pie ") && !line.contains(" serve ")) {
                String command = line.substring("$ ./pie ".length()).replace("docs/", ROOT + "/docs/");
                commands.add(command + " --url " + url);
            }
        }
        return commands;
    }

    private static String run(String command) {
        var out = new StringWriter();
        var err = new StringWriter();
        int code = Pie.run(command.split(" "), () -> Settings.NONE, new PrintWriter(out), new PrintWriter(err));
        assertThat(code).as(command + ": " + err).isZero();
        return out.toString();
    }
}
