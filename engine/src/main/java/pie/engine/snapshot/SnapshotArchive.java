package pie.engine.snapshot;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pie.engine.PieException;
import pie.engine.kv.PageKey;
import pie.engine.process.OwnerId;

/** Save, open, list and delete snapshots. Every call may wait for the disk. Safe for several threads. */
public final class SnapshotArchive {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotArchive.class);
    private static final Duration GRACE = Duration.ofMinutes(10);
    private static final String SECRET = "secret";
    private static final long SECRET_MAGIC = 0x7069_652e_6b79_0001L; // "pie.ky", 1

    private final Disk disk;
    private final AtomicFiles files;
    private final InstantSource clock;
    private final SnapshotQuota quota;
    private final SnapshotCatalogue catalogue;
    /** Held while the files of a name change, so that names change on the disk in the order in which they change here. */
    private final Object changing = new Object();

    /**
     * @param maxBytes of all files
     * @param ownerBytes of the files that one owner's snapshots need
     */
    public SnapshotArchive(Disk disk, InstantSource clock, long maxBytes, long ownerBytes) {
        this.disk = disk;
        this.clock = clock;
        quota = new SnapshotQuota(maxBytes, ownerBytes);
        files = new AtomicFiles(disk);
        catalogue = new SnapshotCatalogue(disk, files, clock);
    }

    /** Return an owner's snapshots whose names begin with a prefix, by name; of one model, or of all if it is empty. */
    public List<SnapshotInfo> list(OwnerId owner, Optional<String> model, String prefix) {
        return catalogue.list(owner, model, prefix);
    }

    /** @throws PieException NOT_FOUND */
    public SnapshotInfo info(SnapshotKey key) {
        return catalogue.info(key);
    }

    public ArchiveStats stats() {
        return catalogue.stats();
    }

    /** Return the key of the page digest, 128 bits; it is made at the first call. */
    public synchronized long[] secret() {
        try {
            try {
                ByteBuffer content = Checksum.checked(disk.read(SECRET), SECRET_MAGIC);
                return new long[] {content.getLong(), content.getLong()};
            } catch (DamagedFileException e) {
                catalogue.setAside(SECRET, e);
            } catch (NoSuchFileException e) {
                LOG.debug("making the secret of page keys");
            }
            SecureRandom random = new SecureRandom();
            long[] secret = {random.nextLong(), random.nextLong()};
            ByteBuffer content = ByteBuffer.allocate(24)
                    .putLong(SECRET_MAGIC)
                    .putLong(secret[0])
                    .putLong(secret[1])
                    .flip();
            files.write(SECRET, content, Checksum.of(content));
            disk.sync("");
            return secret;
        } catch (IOException e) {
            throw SnapshotCatalogue.full("making " + SECRET + " of the snapshots failed", e);
        }
    }

    /**
     * Begin to save.
     *
     * @param pages that the snapshot will hold
     * @param pageBytes most bytes of the file of one page
     * @throws PieException ALREADY_EXISTS, BUDGET_EXHAUSTED
     */
    public SnapshotSave begin(SnapshotKey key, boolean overwrite, Collection<PageKey> pages, long pageBytes) {
        List<PageKey> keys = List.copyOf(new HashSet<>(pages));
        long reservation = catalogue.begin(key, overwrite, keys, pageBytes, quota);
        return new SnapshotSave(catalogue, disk, files, clock, changing, key, keys, pageBytes, !overwrite, reservation);
    }

    /**
     * Read a snapshot.
     *
     * @param weights fingerprint of the model at hand
     * @throws PieException NOT_FOUND, also if its file is damaged, or if it is of other weights
     */
    public OpenedSnapshot open(SnapshotKey key, String weights) {
        synchronized (changing) {
            SnapshotCatalogue.Listed listed = catalogue.find(key);
            catalogue.refer(listed.keys());
            boolean open = false;
            try {
                SavedContext saved = SnapshotFile.decode(disk.read(key.path())).saved();
                if (!saved.weights().equals(weights)) {
                    throw SnapshotCatalogue.absent(key);
                }
                catalogue.countOpened();
                open = true;
                return new OpenedSnapshot(this, catalogue, listed, saved);
            } catch (DamagedFileException | NoSuchFileException e) {
                catalogue.forget(key);
                if (e instanceof DamagedFileException damage) {
                    catalogue.setAside(key.path(), damage);
                }
                throw SnapshotCatalogue.absent(key);
            } catch (IOException e) {
                throw SnapshotCatalogue.broken("opening snapshot '" + key.name() + "' failed", e);
            } finally {
                if (!open) {
                    catalogue.release(listed.keys());
                }
            }
        }
    }

    /** Remove a snapshot, durably. @throws PieException NOT_FOUND */
    public void delete(SnapshotKey key) {
        synchronized (changing) {
            catalogue.find(key);
            removeDurably(key);
        }
    }

    /** Remove a snapshot that was read, durably. @throws PieException NOT_FOUND if it is gone or another has its name */
    void delete(SnapshotCatalogue.Listed listed) {
        synchronized (changing) {
            SnapshotKey key = listed.file().key();
            if (!catalogue.stands(listed)) {
                throw SnapshotCatalogue.absent(key);
            }
            catalogue.find(key);
            removeDurably(key);
        }
    }

    private void removeDurably(SnapshotKey key) {
        try {
            remove(key);
        } catch (IOException e) {
            throw SnapshotCatalogue.broken("deleting snapshot '" + key.name() + "' failed", e);
        }
    }

    private void remove(SnapshotKey key) throws IOException {
        files.remove(key.path());
        catalogue.forget(key);
    }

    /** Delete snapshots that have expired, and pages that no snapshot has held for ten minutes. */
    public void sweep() {
        synchronized (changing) {
            for (SnapshotKey key : catalogue.expired()) {
                try {
                    remove(key);
                } catch (IOException e) {
                    LOG.warn("cannot delete expired snapshot {}: {}", key.path(), e.toString());
                }
            }
            catalogue.sweep(clock.millis() - GRACE.toMillis());
        }
    }
}
