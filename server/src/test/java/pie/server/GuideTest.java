package pie.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Run the shell blocks of the guide against a real server with the real model. */
class GuideTest {
    private static final Pattern BLOCK = Pattern.compile("```sh\n(.*?)```\n```text\n(.*?)```", Pattern.DOTALL);

    private record Block(String script, List<String> expected) {}

    @Test
    void doesWhatTheGuideSays() throws Exception {
        Path root = Path.of(System.getProperty("pie.root", "..")).toAbsolutePath();
        var blocks = new ArrayList<Block>();
        var matcher = BLOCK.matcher(Files.readString(root.resolve("docs/guide/http-api.md")));
        while (matcher.find()) {
            blocks.add(new Block(matcher.group(1), matcher.group(2).lines().toList()));
        }
        assertThat(blocks).hasSizeGreaterThan(5);
        for (Block block : blocks) {
            String output = run(root, RealServer.shared().uri().toString(), block.script());
            assertThat(output).as(block.script()).containsSubsequence(block.expected());
        }
    }

    private static String run(Path root, String uri, String script) throws Exception {
        var builder = new ProcessBuilder("bash", "-c", "set -e; " + script);
        builder.directory(root.toFile()).redirectErrorStream(true).environment().put("PIE", uri);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
        return output;
    }
}
