package pie.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import pie.cpu.kernel.Elements;

class TakeoverTest {
    @Test
    void aServerTakesVectorsFromTheFirstStepOn() {
        assertThat(Takeover.none().forStep(1)).isEqualTo(Elements.VECTOR);
    }

    @Test
    void aRunGoesOverToVectorsOnceItIsLong() throws InterruptedException {
        Takeover run = Takeover.gradual(64);
        assertThat(run.forStep(40)).isEqualTo(Elements.PLAIN);
        for (int token = 0; token < 8; token++) {
            assertThat(run.forStep(1)).isEqualTo(Elements.PLAIN);
        }
        assertThat(run.forStep(500)).as("the step that makes it long").isIn(Elements.PLAIN, Elements.VECTOR);
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (run.forStep(1) == Elements.PLAIN && System.nanoTime() < end) {
            Thread.sleep(1);
        }
        assertThat(run.forStep(1)).isEqualTo(Elements.VECTOR);
    }
}
