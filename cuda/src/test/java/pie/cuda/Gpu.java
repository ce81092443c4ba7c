package pie.cuda;

import java.nio.file.Path;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import pie.cuda.emulator.Emulator;

/**
 * Give a test a device: with {@code -Dpie.test.gpu=true} the machine's, with {@code -Dpie.cuda.library=/a/path} that library's, else the
 * emulated one. As an extension it also fails tests that leave findings of the emulator.
 */
@SuppressWarnings("restricted")
final class Gpu implements BeforeAllCallback, AfterEachCallback {
    private static final boolean REAL = Boolean.getBoolean("pie.test.gpu");
    /** What was asked for from outside; a test that loads the emulator names it by the same property. */
    private static final String LIBRARY = Emulator.isLoaded() ? "" : System.getProperty("pie.cuda.library", "");

    static {
        if (!REAL && LIBRARY.contains("/")) {
            System.load(Path.of(LIBRARY).toAbsolutePath().toString()); // JCuda then finds it under its name
        }
    }

    private static boolean emulated() {
        return !REAL && !LIBRARY.contains("/");
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        require();
        if (emulated()) {
            Emulator.reset();
        }
    }

    @Override
    public void afterEach(ExtensionContext context) {
        if (emulated()) {
            Assertions.assertThat(Emulator.findings())
                    .as("findings of the emulator")
                    .isEmpty();
        }
    }

    /** As {@link #require}, but the emulated device only if {@code -Dpie.test.slow=true} says so: the default model takes minutes on it. */
    static void requireFast() {
        Assumptions.assumeTrue(
                !emulated() || Boolean.getBoolean("pie.test.slow"),
                "the default model takes minutes on the emulator: say -Dpie.test.slow=true");
        require();
    }

    /** Skip the calling test where there is no cuBLAS; the emulator has a stand-in. */
    static void requireBlas() {
        Assumptions.assumeTrue(CuBlas.isThere(), "no cuBLAS here");
    }

    /** Skip the calling test, with the reason, where there is no device. */
    static void require() {
        if (emulated()) {
            Emulator.load();
        }
        CudaReport report = CudaProbe.probe();
        Assumptions.assumeFalse(
                report.devices().isEmpty(), () -> "no CUDA device: " + String.join("; ", report.missing()));
    }
}
