package pie.engine.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import pie.engine.driver.Driver;
import pie.engine.driver.DriverConfig;
import pie.engine.model.ModelConfig;

/** Hold one open driver for the tests of a conformance kit. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class DriverKit {
    protected static final DriverConfig CONFIG = new DriverConfig("auto", 16, 32, 256, 128, 16, Map.of());

    Driver driver;
    DriverBench bench;
    int vocab;

    /** Open the driver with {@link #CONFIG}; 16-token pages and 32 of them are relied upon. */
    protected abstract Driver open();

    /** Return the largest difference of logits that counts as equal where the driver is not batch-invariant. */
    protected float tolerance() {
        return 0.1f;
    }

    /** Return the model's configuration, which says what shapes adapters have; empty if the driver takes any. */
    protected Optional<ModelConfig> model() {
        return Optional.empty();
    }

    @BeforeAll
    final void start() {
        driver = open();
        bench = new DriverBench(driver);
        vocab = driver.capabilities().vocabSize();
    }

    @AfterAll
    final void end() {
        if (driver != null) { // a device that is not there skips the class
            driver.close();
        }
    }

    final void assertSame(float[] actual, float[] expected, String what) {
        assertThat(actual).as(what).hasSize(vocab);
        float allowed = driver.capabilities().batchInvariant() ? 0 : tolerance();
        for (int i = 0; i < vocab; i++) {
            if (!(Math.abs(actual[i] - expected[i]) <= allowed)) {
                assertThat(actual[i]).as("%s: logit %d", what, i).isEqualTo(expected[i]);
            }
        }
    }

    final int[] tokens(long seed, int n) {
        return new Random(seed * 31).ints(n, 0, vocab).toArray();
    }

    static int[] pages(int first) {
        return IntStream.range(first, first + 6).toArray();
    }
}
