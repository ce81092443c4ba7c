package pie.cpu.kernel;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

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
                && Files.readString(digest).equals(sha256(file))) {
            return file;
        }
        Files.createDirectories(folder);
        Path part = Files.createTempFile(folder, name, ".part");
        try (InputStream in = DnnlLibrary.class.getResourceAsStream(RESOURCES + name)) {
            if (in == null) {
                throw new IOException("the class path holds no " + name);
            }
            Files.copy(in, part, StandardCopyOption.REPLACE_EXISTING);
            String sum = sha256(part);
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

    private static String sha256(Path file) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
                in.transferTo(OutputStream.nullOutputStream());
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
