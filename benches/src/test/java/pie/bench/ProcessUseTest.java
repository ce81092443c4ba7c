package pie.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
final class ProcessUseTest {
    @Test
    void countsMemoryAndTimeOfAnotherProcess() throws Exception {
        Process busy = new ProcessBuilder("sh", "-c", "while :; do :; done").start();
        try {
            Awaitility.await()
                    .until(() -> !ProcessUse.of(busy.pid())
                            .processorTime()
                            .minus(Duration.ofMillis(50))
                            .isNegative());
            long pages = Long.parseLong(
                    Files.readString(Path.of("/proc/" + busy.pid() + "/statm")).split(" ")[1]);
            assertThat(ProcessUse.of(busy.pid()).residentBytes()).isBetween(pages * 2048, pages * 8192);
        } finally {
            busy.destroyForcibly().waitFor();
        }
        assertThatThrownBy(() -> ProcessUse.of(busy.pid())).isInstanceOf(IOException.class);
    }
}
