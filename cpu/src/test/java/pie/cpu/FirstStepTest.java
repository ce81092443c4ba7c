package pie.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import pie.engine.driver.DriverConfig;
import pie.engine.model.Models;
import pie.engine.testing.DriverBench;
import pie.engine.testing.DriverBench.Request;

/** What a worker holds grows with the first tile that it takes: a later one needs no more of it than its rows may see. */
class FirstStepTest {
    @Test
    void manyRowsUnderAWindowAreTheFirstThingThatADriverDoes() throws Exception {
        DriverConfig config = new DriverConfig("auto", 16, 32, 256, 128, 16, java.util.Map.of())
                .withOption("threads", "1")
                .withOption("warmup", "false");
        int[] tokens = IntStream.range(0, 120).map(i -> (7 * i + 3) % 64).toArray();
        int[] pages = IntStream.range(0, 8).toArray();
        try (var model = Models.open(TinyModelsTest.directory("tiny-qwen2"));
                var driver = new CpuDriverProvider().open(model, config, line -> {})) {
            DriverBench bench = new DriverBench(driver);
            float[] first = bench.lastRow(Request.of(tokens, 0, pages).seeing(2, 0, 30));
            assertThat(bench.lastRow(Request.of(tokens, 0, pages).seeing(2, 0, 30)))
                    .isEqualTo(first);
        }
    }
}
