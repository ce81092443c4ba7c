package pie.engine.driver;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hold packed weights that drivers keep for the next start, in files named by model first; the one used longest ago goes when there are too many bytes.
 *
 * @param most bytes of all files
 */
public record WeightFolder(Path path, long most) {
    /** What the name of a file ends in while it is written. */
    public static final String UNFINISHED = ".part";

    private static final Logger LOG = LoggerFactory.getLogger(WeightFolder.class);
    private static final String KEPT = ".packed";
    private static final long MOST = 16L << 30;
    private static final Duration STALE = Duration.ofHours(1);
    private static final int PREFIX = 16;

    public WeightFolder(Path path) {
        this(path, MOST);
    }

    private static String prefix(String fingerprint) {
        return fingerprint.substring(0, Math.min(PREFIX, fingerprint.length())) + "-";
    }

    /** Return the file of a model in a layout, a number. */
    public Path file(String fingerprint, long layout) {
        return path.resolve(prefix(fingerprint) + Long.toHexString(layout) + KEPT);
    }

    /** Make room for a file of so many bytes; says no if it may not or cannot be kept. */
    public boolean makeRoom(Path file, long bytes) {
        try {
            Files.createDirectories(path);
            long left = most - bytes;
            for (Path old : newestFirst()) {
                left -= old.equals(file) ? 0 : Files.size(old);
                if (left < 0 && !old.equals(file)) {
                    Files.deleteIfExists(old);
                }
            }
            return bytes <= most && Files.getFileStore(path).getUsableSpace() / 2 > bytes;
        } catch (IOException e) {
            LOG.warn("packed weights cannot be kept in " + path, e);
            return false;
        }
    }

    private List<Path> newestFirst() throws IOException {
        Instant stale = Instant.now().minus(STALE);
        try (Stream<Path> files = Files.list(path)) {
            List<Path> all = files.sorted(
                            Comparator.comparing((Path p) -> p.toFile().lastModified())
                                    .reversed())
                    .toList();
            for (Path p : all) {
                if (p.toString().endsWith(UNFINISHED)
                        && Instant.ofEpochMilli(p.toFile().lastModified()).isBefore(stale)) {
                    Files.deleteIfExists(p);
                }
            }
            return all.stream().filter(p -> p.toString().endsWith(KEPT)).toList();
        }
    }

    /** Delete what is kept of a model. */
    public void forget(String fingerprint) {
        if (!Files.isDirectory(path)) {
            return;
        }
        try (Stream<Path> files = Files.list(path)) {
            for (Path p : files.filter(f -> f.getFileName().toString().startsWith(prefix(fingerprint)))
                    .toList()) {
                Files.deleteIfExists(p);
            }
        } catch (IOException e) {
            LOG.warn("packed weights in " + path + " cannot be deleted", e);
        }
    }
}
