package pie.cpu.kernel;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import pie.engine.Sha256;

/** Unpack oneDNN's shared libraries from their jar to the cache of pie, once, and check them by digest afterwards. */
final class DnnlLibrary {
    private static final String RESOURCES = "/org/bytedeco/dnnl/linux-x86_64/";

    private DnnlLibrary() {}

    /**
     * Return the path of a library.
     *
     * @throws IOException if this platform's jar holds none, or the cache cannot be written
     */
    static Path unpack(String name) throws IOException {
        if (!System.getProperty("os.name", "").startsWith("Linux")
                || !System.getProperty("os.arch", "").equals("amd64")) {
            throw new IOException("oneDNN comes for Linux on x86-64 only");
        }
        Path folder = cache();
        Path file = folder.resolve(name);
        Path digest = folder.resolve(name + ".sha256");
        if (Files.isRegularFile(file)
                && Files.isRegularFile(digest)
                && Files.readString(digest).equals(Sha256.hex(file))) {
            return file;
        }
        Files.createDirectories(folder);
        Path part = Files.createTempFile(folder, name, ".part");
        try (InputStream in = DnnlLibrary.class.getResourceAsStream(RESOURCES + name)) {
            if (in == null) {
                throw new IOException("the class path holds no " + name);
            }
            Files.copy(in, part, StandardCopyOption.REPLACE_EXISTING);
            String sum = Sha256.hex(part);
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
            Files.writeString(digest, sum);
        } finally {
            Files.deleteIfExists(part);
        }
        return file;
    }

    private static Path cache() {
        String home = System.getenv("PIE_HOME");
        Path pie = home != null ? Path.of(home) : Path.of(System.getProperty("user.home"), ".pie");
        return pie.resolve("cache").resolve("onednn-3.13");
    }
}
