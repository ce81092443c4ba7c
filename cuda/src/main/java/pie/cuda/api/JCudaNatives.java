package pie.cuda.api;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Load JCuda's native library from a folder of this process alone. JCuda itself would unpack it into {@code java.io.tmpdir} under a fixed
 * name, take what lies there if something does, and race with other processes.
 */
final class JCudaNatives {
    private static final String FOLDER_PROPERTY = "java.io.tmpdir";
    private static boolean loaded;

    private JCudaNatives() {}

    /** Initialise {@link jcuda.driver.JCudaDriver}; the driver library must be there. */
    @SuppressWarnings("NonFinalStaticField")
    static synchronized void load() {
        if (loaded) {
            return;
        }
        String before = System.getProperty(FOLDER_PROPERTY);
        try {
            Path folder = Files.createTempDirectory("pie-jcuda");
            System.setProperty(FOLDER_PROPERTY, folder.toString());
            try {
                jcuda.driver.JCudaDriver.setLogLevel(jcuda.LogLevel.LOG_QUIET);
            } finally {
                System.setProperty(FOLDER_PROPERTY, before);
                delete(folder); // a loaded library stays mapped
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        loaded = true;
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }
}
