package pie.engine.snapshot;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pie.engine.kv.PageKey;

/**
 * Keep the page files and know which are there, who refers to them, and since when nobody does. Callers hold the archive's lock for
 * all but {@link #write} and {@link #read}, which wait for the disk.
 */
final class PageShelf {
    private static final Logger LOG = LoggerFactory.getLogger(PageShelf.class);
    private static final String ROOT = "pages";
    private static final String SUFFIX = ".kv";

    private final Disk disk;
    private final AtomicFiles files;
    private final Map<PageKey, Stored> pages = new HashMap<>();
    private long bytes;

    /** Count references and bytes of one key; without bytes there is no file. */
    private static final class Stored {
        long bytes;
        int refs;
        long idleSince;
        boolean durable;
    }

    PageShelf(Disk disk, AtomicFiles files) {
        this.disk = disk;
        this.files = files;
    }

    private static String directory(PageKey key) {
        return ROOT + '/' + key.hex().substring(0, 2);
    }

    private static String path(PageKey key) {
        return directory(key) + '/' + key.hex() + SUFFIX;
    }

    /** Find the files of an earlier run, and drop those that it did not finish. */
    void scan() throws IOException {
        for (String directory : disk.list(ROOT)) {
            for (String name : disk.list(ROOT + '/' + directory)) {
                String path = ROOT + '/' + directory + '/' + name;
                if (name.endsWith(AtomicFiles.TEMPORARY)) {
                    disk.delete(path);
                } else if (name.length() == 32 + SUFFIX.length() && name.endsWith(SUFFIX)) {
                    Stored stored = new Stored();
                    stored.bytes = disk.size(path);
                    stored.idleSince = disk.modified(path);
                    pages.put(
                            new PageKey(
                                    Long.parseUnsignedLong(name.substring(0, 16), 16),
                                    Long.parseUnsignedLong(name.substring(16, 32), 16)),
                            stored);
                    bytes += stored.bytes;
                }
            }
        }
    }

    boolean has(PageKey key) {
        return size(key) > 0;
    }

    long size(PageKey key) {
        Stored stored = pages.get(key);
        return stored == null ? 0 : stored.bytes;
    }

    long bytes() {
        return bytes;
    }

    int count() {
        int n = 0;
        for (Stored stored : pages.values()) {
            n += stored.bytes > 0 ? 1 : 0;
        }
        return n;
    }

    /** Keep pages, with a file or yet to come. */
    void refer(Collection<PageKey> keys) {
        for (PageKey key : keys) {
            pages.computeIfAbsent(key, k -> new Stored()).refs++;
        }
    }

    void release(Collection<PageKey> keys, long now) {
        for (PageKey key : keys) {
            Stored stored = pages.get(key);
            if (stored != null && --stored.refs == 0) {
                stored.idleSince = now;
                if (stored.bytes == 0) {
                    pages.remove(key);
                }
            }
        }
    }

    /** Write a page that somebody refers to. Return the size of its file. */
    long write(String model, PageKey key, int rows, ByteBuffer payload) throws IOException {
        files.makeDirectories(directory(key));
        return files.write(path(key), PageFile.encode(model, key, rows, payload));
    }

    /** Note that a page was written. */
    void written(PageKey key, long size) {
        Stored stored = pages.computeIfAbsent(key, k -> new Stored());
        bytes += size - stored.bytes;
        stored.bytes = size;
        stored.durable = false;
    }

    /** Return the directories that must be synced before the names of these pages are durable. */
    Set<String> unsynced(Collection<PageKey> keys) {
        Set<String> directories = new TreeSet<>();
        for (PageKey key : keys) {
            Stored stored = pages.get(key);
            if (stored != null && stored.bytes > 0 && !stored.durable) {
                directories.add(directory(key));
            }
        }
        return directories;
    }

    void synced(Collection<PageKey> keys) {
        for (PageKey key : keys) {
            Stored stored = pages.get(key);
            if (stored != null) {
                stored.durable = true;
            }
        }
    }

    /** Return the bytes of a page. @throws IOException of which kind it is, says what is wrong with the file */
    ByteBuffer read(String model, PageKey key, int rows) throws IOException {
        return PageFile.decode(disk.read(path(key)), model, key, rows);
    }

    /** Forget a page whose file is set aside or gone. Return the path of the file. */
    String lost(PageKey key) {
        Stored stored = pages.get(key);
        if (stored != null) {
            bytes -= stored.bytes;
            stored.bytes = 0;
            if (stored.refs == 0) {
                pages.remove(key);
            }
        }
        return path(key);
    }

    /** Delete the files that nobody has referred to since {@code before}. */
    void sweep(long before) {
        Iterator<Map.Entry<PageKey, Stored>> each = pages.entrySet().iterator();
        while (each.hasNext()) {
            Map.Entry<PageKey, Stored> entry = each.next();
            Stored stored = entry.getValue();
            if (stored.refs == 0 && stored.idleSince < before) {
                try {
                    disk.delete(path(entry.getKey()));
                } catch (IOException e) {
                    LOG.warn("cannot delete page {}: {}", entry.getKey().hex(), e.toString());
                    continue;
                }
                bytes -= stored.bytes;
                each.remove();
            }
        }
    }
}
