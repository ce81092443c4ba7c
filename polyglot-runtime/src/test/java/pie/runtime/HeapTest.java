package pie.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A heap that one program fills. */
final class HeapTest {
    @Test
    void aLeakEndsItsProgramAndNoOther() throws Exception {
        var command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElseThrow(), "-Xmx640m", "-XX:+UseSerialGC", "-Xss8m"));
        command.addAll(List.of(System.getProperty("pie.jvm.flags").split(" ")));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), HeapScene.class.getName()));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        assertThat(printed.lines())
                .satisfiesExactly(
                        busy -> assertThat(busy).isEqualTo("completed 300000000"),
                        leak -> assertThat(leak)
                                .startsWith("failed LIMIT_EXCEEDED")
                                .contains("limit=heap"));
    }
}
