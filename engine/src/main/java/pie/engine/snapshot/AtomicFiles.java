package pie.engine.snapshot;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Write files whole or not at all: under a temporary name, made durable, then renamed. The directory is the caller's to sync. */
final class AtomicFiles {
    static final String TEMPORARY = ".tmp";

    private static final Logger LOG = LoggerFactory.getLogger(AtomicFiles.class);

    private final Disk disk;
    private final AtomicLong number = new AtomicLong();
    private final Set<String> durable = ConcurrentHashMap.newKeySet();

    AtomicFiles(Disk disk) {
        this.disk = disk;
    }

    /** Write a file. Return its size. */
    long write(String path, ByteBuffer... content) throws IOException {
        String temporary = path + '.' + number.incrementAndGet() + TEMPORARY;
        long bytes = 0;
        try {
            try (Disk.Output out = disk.create(temporary)) {
                for (ByteBuffer part : content) {
                    ByteBuffer rest = part.duplicate();
                    bytes += rest.remaining();
                    while (rest.hasRemaining()) {
                        if (out.write(rest) <= 0) {
                            throw new IOException("the disk takes no more bytes");
                        }
                    }
                }
                out.sync();
            }
            disk.rename(temporary, path);
            return bytes;
        } catch (IOException e) {
            remove(temporary, e);
            throw e;
        }
    }

    /** Remove a file, durably; one that cannot be is there as before. */
    void remove(String path) throws IOException {
        String aside = path + '.' + number.incrementAndGet() + TEMPORARY;
        try {
            disk.rename(path, aside);
            disk.sync(parent(path));
        } catch (IOException e) {
            restore(aside, path, e);
            throw e;
        }
        try {
            disk.delete(aside);
        } catch (IOException e) {
            LOG.warn("{} is left to the next start: {}", aside, e.toString());
        }
    }

    private void restore(String aside, String path, IOException cause) {
        try {
            disk.rename(aside, path);
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    private void remove(String path, IOException cause) {
        try {
            disk.delete(path);
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    /** Make a directory with its parents, durably. */
    void makeDirectories(String path) throws IOException {
        for (int end = path.indexOf('/'); ; end = path.indexOf('/', end + 1)) {
            String part = end < 0 ? path : path.substring(0, end);
            if (!durable.contains(part)) { // one that exists may come from a run that ended before the sync
                disk.makeDirectory(part);
                disk.sync(parent(part));
                durable.add(part);
            }
            if (end < 0) {
                return;
            }
        }
    }

    static String parent(String path) {
        int slash = path.lastIndexOf('/');
        return slash < 0 ? "" : path.substring(0, slash);
    }

    static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
