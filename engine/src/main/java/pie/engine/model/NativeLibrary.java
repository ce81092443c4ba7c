package pie.engine.model;

import ai.djl.huggingface.tokenizers.jni.LibUtils;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import pie.engine.ErrorCode;
import pie.engine.PieException;

/**
 * Load the tokenizers library out of its jar, by way of {@code $PIE_HOME/cache/native}.
 *
 * <p>The jar's own loader would look for a GPU first: it starts JNA, writes to folders of its own and may fetch other flavours
 * over the network. It is used only on systems that this class does not know.
 */
final class NativeLibrary {
    private static boolean loaded;

    private NativeLibrary() {}

    /** Load the library if it is not yet. */
    static synchronized void load() {
        if (!loaded) {
            loadNow();
            loaded = true;
        }
    }

    @SuppressWarnings("restricted")
    private static void loadNow() {
        Optional<String> platform = platform();
        if (platform.isEmpty()) {
            System.getProperties().putIfAbsent("ai.djl.offline", "true");
            LibUtils.checkStatus();
            return;
        }
        String name = System.mapLibraryName("tokenizers");
        try {
            System.load(extracted(platform.get(), name).toString());
        } catch (IOException | UnsatisfiedLinkError e) {
            throw new PieException(
                    ErrorCode.INTERNAL,
                    "the tokenizers library cannot be loaded: " + e.getMessage(),
                    Map.of("library", name),
                    e);
        }
    }

    private static Optional<String> platform() {
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        boolean arm = System.getProperty("os.arch").equals("aarch64");
        if (system.contains("linux")) {
            return Optional.of(arm ? "linux-aarch64" : "linux-x86_64");
        }
        return system.contains("mac") && arm ? Optional.of("osx-aarch64") : Optional.empty();
    }

    private static Path extracted(String platform, String name) throws IOException {
        Path target =
                cache().resolve("tokenizers-" + version() + "-" + platform).resolve(name);
        if (Files.isRegularFile(target)) {
            return target;
        }
        Files.createDirectories(target.getParent());
        Path part = Files.createTempFile(target.getParent(), name, ".part");
        try (InputStream in = resource("native/lib/" + platform + "/cpu/" + name)) {
            Files.copy(in, part, StandardCopyOption.REPLACE_EXISTING);
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
        return target;
    }

    private static Path cache() throws IOException {
        @Nullable String set = System.getenv("PIE_HOME");
        Path home = set != null && !set.isEmpty() ? Path.of(set) : Path.of(System.getProperty("user.home"), ".pie");
        Path cache = home.toAbsolutePath().resolve("cache/native");
        try {
            return Files.createDirectories(cache);
        } catch (IOException e) {
            // A home that cannot be written must not keep a model from being served.
            return Files.createTempDirectory("pie-native");
        }
    }

    private static String version() throws IOException {
        Properties properties = new Properties();
        try (InputStream in = resource("native/lib/tokenizers.properties")) {
            properties.load(in);
        }
        return properties.getProperty("version", "0");
    }

    private static InputStream resource(String name) {
        return Objects.requireNonNull(TokenizersLibrary.class.getClassLoader().getResourceAsStream(name), name);
    }
}
