package pie.engine.snapshot;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import pie.engine.PieException;
import pie.engine.kv.PageKey;

/** Stand for a snapshot on its way to the disk. Used by one thread at a time; must be committed or closed. */
public final class SnapshotSave implements AutoCloseable {
    private final SnapshotCatalogue catalogue;
    private final Disk disk;
    private final AtomicFiles files;
    private final InstantSource clock;
    /** Held while the files of a name change. */
    private final Object changing;

    private final SnapshotKey key;
    private final List<PageKey> keys;
    private final long pageBytes;
    private final boolean holdsName;
    private long reservation;
    private boolean over;

    SnapshotSave(
            SnapshotCatalogue catalogue,
            Disk disk,
            AtomicFiles files,
            InstantSource clock,
            Object changing,
            SnapshotKey key,
            List<PageKey> keys,
            long pageBytes,
            boolean holdsName,
            long reservation) {
        this.catalogue = catalogue;
        this.disk = disk;
        this.files = files;
        this.clock = clock;
        this.changing = changing;
        this.key = key;
        this.keys = keys;
        this.pageBytes = pageBytes;
        this.holdsName = holdsName;
        this.reservation = reservation;
    }

    /** Return the pages that have no file yet. */
    public Set<PageKey> missing() {
        return catalogue.missing(keys);
    }

    /** Write one page. @throws PieException STORAGE_FULL */
    public void page(String model, PageKey page, int rows, ByteBuffer payload) {
        try {
            long size = catalogue.shelf().write(model, page, rows, payload);
            catalogue.written(page, size);
            long given = Math.min(reservation, pageBytes);
            catalogue.unreserve(given);
            reservation -= given;
        } catch (IOException e) {
            throw SnapshotCatalogue.full("saving a page of snapshot '" + key.name() + "' failed", e);
        }
    }

    /**
     * Make the snapshot durable under its name; it is when this returns.
     *
     * @throws PieException STORAGE_FULL, INVALID_ARGUMENT if it is too large
     */
    public SnapshotInfo commit(SavedContext context, Optional<Duration> ttl) {
        synchronized (changing) {
            Instant created = Instant.ofEpochMilli(clock.millis());
            SnapshotFile file = new SnapshotFile(key, created, ttl.map(created::plus), context);
            try {
                syncPages();
                files.makeDirectories(key.directory());
                long bytes = files.write(key.path(), file.encode());
                sync(file, bytes);
                return catalogue.saved(key, file, bytes);
            } catch (IOException e) {
                throw SnapshotCatalogue.full("saving snapshot '" + key.name() + "' failed", e);
            } finally {
                close();
            }
        }
    }

    /** Make the name durable; if that fails, go on from what the disk holds now, which may survive a crash or not. */
    private void sync(SnapshotFile file, long bytes) throws IOException {
        try {
            disk.sync(key.directory());
        } catch (IOException e) {
            if (holdsName) {
                disk.delete(key.path());
            } else {
                catalogue.put(key.path(), file, bytes);
            }
            throw e;
        }
    }

    private void syncPages() throws IOException {
        for (String directory : catalogue.unsynced(keys)) {
            disk.sync(directory);
        }
        catalogue.synced(keys);
    }

    /** End the save; without {@link #commit} nothing has changed. */
    @Override
    public void close() {
        if (!over) {
            over = true;
            catalogue.unreserve(reservation);
            catalogue.release(keys);
            if (holdsName) {
                catalogue.free(key);
            }
        }
    }
}
