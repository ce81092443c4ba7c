package pie.cuda;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/** Say on which device the tests run: that of system property {@code pie.cuda.library}'s library, else the machine's. */
@SuppressWarnings("restricted")
final class Gpu {
    static {
        @Nullable String library = System.getProperty("pie.cuda.library");
        if (library != null && library.contains("/")) {
            System.load(Path.of(library).toAbsolutePath().toString()); // JCuda then finds it under its name
        }
    }

    private Gpu() {}

    /** Skip the calling test, with the reason, where there is no device. */
    static void require() {
        CudaReport report = CudaProbe.probe();
        Assumptions.assumeFalse(
                report.devices().isEmpty(), () -> "no CUDA device: " + String.join("; ", report.missing()));
    }
}
