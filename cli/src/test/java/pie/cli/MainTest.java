package pie.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MainTest {
    /** As the launcher starts it: stderr on descriptor 9; and as users do: both streams into one file. */
    @Test
    void stderrTakenBackSharesItsPlaceInAFileWithStdout(@TempDir Path dir) throws Exception {
        String script =
                "echo one; exec 9>&2 2>\"$0/jvm.log\"; \"$1\" --enable-native-access=ALL-UNNAMED -Dpie.stderr=9 -cp \"$2\""
                        + " pie.cli.Main --no-such-flag; echo three";
        Path file = dir.resolve("both");
        Process process = new ProcessBuilder(List.of(
                        "bash",
                        "-c",
                        script,
                        dir.toString(),
                        ProcessHandle.current().info().command().orElseThrow(),
                        System.getProperty("java.class.path")))
                .redirectErrorStream(true)
                .redirectOutput(file.toFile())
                .start();
        assertThat(process.waitFor()).isZero();
        assertThat(Files.readAllLines(file))
                .startsWith("one", "pie: unknown option '--no-such-flag'")
                .endsWith("three");
        assertThat(dir.resolve("jvm.log")).isEmptyFile();
    }
}
