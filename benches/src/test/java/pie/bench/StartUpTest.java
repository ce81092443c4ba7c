package pie.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class StartUpTest {
    @Test
    void tellsTheFirstByteFromTheEnd() throws Exception {
        StartUp.Run run = StartUp.run(List.of("sh", "-c", "echo first; sleep 0.3; echo last"));

        assertThat(run.exit()).isZero();
        assertThat(run.firstSeconds()).isPositive().isLessThan(run.endSeconds());
    }

    @Test
    void aRunWithoutOutputHasNoFirstByteAndKeepsItsExitCode() throws Exception {
        StartUp.Run run = StartUp.run(List.of("sh", "-c", "exit 3"));

        assertThat(run.exit()).isEqualTo(3);
        assertThat(run.firstSeconds()).isNaN();
    }
}
