package pie.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Run the shell blocks of the guide, in order, and look for what the block below each says. */
class GuideTest {
    private static final Path ROOT =
            Path.of(System.getProperty("pie.root", "..")).toAbsolutePath().normalize();
    private static final Pattern BLOCKS =
            Pattern.compile("```sh\\n(.*?)\\n```\\n(?:```text\\n(.*?)\\n```)?", Pattern.DOTALL);

    @TempDir
    static Path home;

    private static PieServer server;

    @BeforeAll
    static void start() {
        server = RealServer.start(home);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static String shell(String block) throws IOException, InterruptedException {
        var builder =
                new ProcessBuilder("bash", "-c", block).directory(ROOT.toFile()).redirectErrorStream(true);
        builder.environment().put("PIE", server.uri().toString());
        builder.environment().put("no_proxy", "127.0.0.1");
        Process process = builder.start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(300, TimeUnit.SECONDS)).isTrue();
        return text;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http-api.md",
                "openai.md",
                "clients.md",
                "metrics.md",
                "grammar.md",
                "adapters.md",
                "first-python.md",
                "first-javascript.md",
                "first-java.md",
                "coming-from.md"
            })
    void shell_blocks_do_what_the_page_says(String page) throws Exception {
        assumeThat(shell("command -v curl")).as("curl").isNotBlank();
        Matcher blocks =
                BLOCKS.matcher(Files.readString(ROOT.resolve("docs/guide").resolve(page)));
        int run = 0;
        while (blocks.find()) {
            String output = shell(blocks.group(1));
            run++;
            if (blocks.group(2) != null) {
                for (String expected : blocks.group(2).lines().toList()) {
                    assertThat(output).as("%s:\n%s", page, blocks.group(1)).contains(expected);
                }
            }
        }
        assertThat(run).isPositive();
    }
}
