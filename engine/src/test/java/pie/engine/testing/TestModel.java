package pie.engine.testing;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Find the real default model; {@code ./dev check} pulls it before the tests run. */
public final class TestModel {
    public static final String NAME = "smollm2-135m-instruct";
    private static final String FILE = "SmolLM2-135M-Instruct.Q4_1.gguf";

    private TestModel() {}

    public static Path path() {
        @Nullable String set = System.getProperty("pie.test.model", System.getenv("PIE_TEST_MODEL"));
        Path path = set != null ? Path.of(set) : folder().resolve(NAME).resolve(FILE);
        if (!Files.isRegularFile(path)) {
            throw new IllegalStateException(
                    "the tests need the default model at " + path + ": run ./pie model pull " + NAME);
        }
        return path;
    }

    /** Return the folder of pulled models. */
    public static Path folder() {
        return home().resolve("models");
    }

    private static Path home() {
        @Nullable String home = System.getenv("PIE_HOME");
        return home != null ? Path.of(home) : Path.of(System.getProperty("user.home"), ".pie");
    }
}
