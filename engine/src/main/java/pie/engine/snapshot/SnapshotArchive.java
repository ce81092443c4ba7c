package pie.engine.snapshot;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.kv.PageKey;
import pie.engine.process.OwnerId;

/** Save, open, list and delete snapshots. Every call may wait for the disk. Safe for several threads. */
public final class SnapshotArchive {
    static final String SNAPSHOT = ".snap";
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotArchive.class);
    private static final Duration GRACE = Duration.ofMinutes(10);
    private static final String NAMES = "names";
    private static final String DAMAGED = "damaged";
    private static final String SECRET = "secret";
    private static final long SECRET_MAGIC = 0x7069_652e_6b79_0001L; // "pie.ky", 1

    private final Disk disk;
    private final AtomicFiles files;
    private final InstantSource clock;
    private final long maxBytes;
    private final long ownerBytes;
    private final PageShelf pages;
    private final Map<String, Listed> names = new TreeMap<>();
    private final Set<String> saving = new HashSet<>();
    /** Held while the files of a name change, so that names change on the disk in the order in which they change here. */
    private final Object changing = new Object();

    private boolean scanned;
    private long nameBytes;
    private long reserved;
    private long damaged;
    private long saved;
    private long opened;

    private record Listed(SnapshotFile file, long bytes, List<PageKey> keys) {}

    /**
     * @param maxBytes of all files
     * @param ownerBytes of the files that one owner's snapshots need
     */
    public SnapshotArchive(Disk disk, InstantSource clock, long maxBytes, long ownerBytes) {
        this.disk = disk;
        this.clock = clock;
        this.maxBytes = maxBytes;
        this.ownerBytes = ownerBytes;
        files = new AtomicFiles(disk);
        pages = new PageShelf(disk, files);
    }

    // Reading what is there.

    private synchronized void scan() {
        if (scanned) {
            return;
        }
        try {
            pages.scan();
            for (String owner : disk.list(NAMES)) {
                for (String model : disk.list(NAMES + '/' + owner)) {
                    for (String name : disk.list(NAMES + '/' + owner + '/' + model)) {
                        found(NAMES + '/' + owner + '/' + model + '/' + name);
                    }
                }
            }
        } catch (IOException e) {
            throw broken("reading the snapshots failed", e);
        }
        scanned = true;
    }

    private void found(String path) throws IOException {
        if (path.endsWith(AtomicFiles.TEMPORARY)) {
            disk.delete(path);
        } else if (path.endsWith(SNAPSHOT)) {
            byte[] file = disk.read(path);
            try {
                list(path, SnapshotFile.decode(file), file.length);
            } catch (DamagedFileException e) {
                setAside(path, e);
            }
        }
    }

    private void list(String path, SnapshotFile file, long bytes) {
        List<PageKey> keys = keys(file.saved());
        pages.refer(keys);
        Listed old = names.put(path, new Listed(file, bytes, keys));
        nameBytes += bytes;
        if (old != null) {
            gone(old);
        }
    }

    private void gone(Listed old) {
        nameBytes -= old.bytes;
        pages.release(old.keys, clock.millis());
    }

    private static List<PageKey> keys(SavedContext saved) {
        List<PageKey> keys = new ArrayList<>();
        for (SavedContext.Page page : saved.pages()) {
            page.key().ifPresent(keys::add);
        }
        return keys;
    }

    private void setAside(String path, IOException why) {
        damaged++;
        LOG.error("{} is damaged and set aside: {}", path, why.getMessage());
        try {
            files.makeDirectories(DAMAGED);
            disk.rename(path, DAMAGED + '/' + clock.millis() + '-' + AtomicFiles.name(path));
        } catch (IOException e) {
            LOG.warn("cannot set {} aside: {}", path, e.toString());
        }
    }

    private static PieException broken(String what, IOException e) {
        return new PieException(ErrorCode.INTERNAL, what + ": " + e, Map.of(), e);
    }

    private static PieException full(String what, IOException e) {
        return new PieException(
                ErrorCode.STORAGE_FULL, what + ": " + e + "; make room on the disk and save again", Map.of(), e);
    }

    private Optional<Listed> present(SnapshotKey key) {
        scan();
        Listed listed = names.get(key.path());
        boolean there = listed != null && listed.file.key().equals(key) && !expired(listed);
        return there ? Optional.ofNullable(listed) : Optional.empty();
    }

    private boolean expired(Listed listed) {
        Instant now = clock.instant();
        return listed.file.expires().map(end -> !end.isAfter(now)).orElse(false);
    }

    private static PieException absent(SnapshotKey key) {
        return new PieException(
                ErrorCode.NOT_FOUND,
                "no snapshot '" + key.name() + "' on model '" + key.model() + "'",
                Map.of("kind", "snapshot", "name", key.name()));
    }

    private SnapshotInfo info(Listed listed) {
        long bytes = listed.bytes;
        for (PageKey key : listed.keys) {
            bytes += pages.size(key);
        }
        return listed.file.info(bytes);
    }

    /** Return an owner's snapshots whose names begin with a prefix, by name; of one model, or of all if it is empty. */
    public synchronized List<SnapshotInfo> list(OwnerId owner, Optional<String> model, String prefix) {
        scan();
        List<SnapshotInfo> found = new ArrayList<>();
        for (Listed listed : names.values()) {
            SnapshotKey key = listed.file.key();
            if (key.owner().equals(owner)
                    && model.map(key.model()::equals).orElse(true)
                    && key.name().startsWith(prefix)
                    && !expired(listed)) {
                found.add(info(listed));
            }
        }
        found.sort((a, b) -> a.key().name().equals(b.key().name())
                ? a.key().model().compareTo(b.key().model())
                : a.key().name().compareTo(b.key().name()));
        return found;
    }

    /** @throws PieException NOT_FOUND */
    public synchronized SnapshotInfo info(SnapshotKey key) {
        return info(present(key).orElseThrow(() -> absent(key)));
    }

    public synchronized ArchiveStats stats() {
        scan();
        return new ArchiveStats(names.size(), pages.count(), pages.bytes() + nameBytes, saved, opened, damaged);
    }

    /** Return the key of the page digest, 128 bits; it is made at the first call. */
    public synchronized long[] secret() {
        try {
            try {
                ByteBuffer content = Checksum.checked(disk.read(SECRET), SECRET_MAGIC);
                return new long[] {content.getLong(), content.getLong()};
            } catch (DamagedFileException e) {
                setAside(SECRET, e);
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
            throw full("making " + SECRET + " of the snapshots failed", e);
        }
    }

    // Saving.

    /**
     * Begin to save.
     *
     * @param pages that the snapshot will hold
     * @param pageBytes most bytes of the file of one page
     * @throws PieException ALREADY_EXISTS, BUDGET_EXHAUSTED
     */
    public Save begin(SnapshotKey key, boolean overwrite, Collection<PageKey> pages, long pageBytes) {
        synchronized (this) {
            Optional<Listed> old = present(key);
            String path = key.path();
            if (!overwrite && (old.isPresent() || saving.contains(path))) {
                throw new PieException(
                        ErrorCode.ALREADY_EXISTS,
                        "a snapshot '" + key.name() + "' exists on model '" + key.model()
                                + "': choose another name, or save with overwrite",
                        Map.of("kind", "snapshot", "name", key.name()));
            }
            Save save = new Save(key, List.copyOf(new HashSet<>(pages)), pageBytes);
            this.pages.refer(save.keys);
            try {
                afford(save, old);
            } catch (PieException e) {
                this.pages.release(save.keys, clock.millis());
                throw e;
            }
            if (!overwrite) {
                saving.add(path);
                save.holdsName = true;
            }
            reserved += save.reservation;
            return save;
        }
    }

    private void afford(Save save, Optional<Listed> old) {
        long owned = 0;
        Set<PageKey> counted = new HashSet<>(save.keys);
        for (PageKey key : save.keys) {
            owned += pages.has(key) ? pages.size(key) : save.pageBytes;
            save.reservation += pages.has(key) ? 0 : save.pageBytes;
        }
        if (pages.bytes() + nameBytes + reserved + save.reservation > maxBytes) {
            sweep(Long.MAX_VALUE);
        }
        long replaced = old.map(Listed::bytes).orElse(0L);
        limit("server", maxBytes, pages.bytes() + nameBytes + reserved - replaced, save.reservation);
        if (ownerBytes < Long.MAX_VALUE) {
            for (Map.Entry<String, Listed> other : names.entrySet()) {
                Listed listed = other.getValue();
                if (listed.file.key().owner().equals(save.key.owner())
                        && !other.getKey().equals(save.key.path())) {
                    owned += listed.bytes;
                    for (PageKey key : listed.keys) {
                        owned += counted.add(key) ? pages.size(key) : 0;
                    }
                }
            }
            limit("owner", ownerBytes, 0, owned);
        }
    }

    private static void limit(String scope, long limit, long used, long more) {
        if (used + more > limit) {
            throw new PieException(
                    ErrorCode.BUDGET_EXHAUSTED,
                    "the snapshots of the " + scope + " would have " + (used + more) + " bytes: " + limit
                            + " are allowed; delete some",
                    Map.of("budget", "snapshot_bytes", "scope", scope, "limit", limit, "used", used));
        }
    }

    /** Stand for a snapshot on its way to the disk. Used by one thread at a time; must be committed or closed. */
    public final class Save implements AutoCloseable {
        private final SnapshotKey key;
        private final List<PageKey> keys;
        private final long pageBytes;
        private long reservation;
        private boolean holdsName;
        private boolean over;

        private Save(SnapshotKey key, List<PageKey> keys, long pageBytes) {
            this.key = key;
            this.keys = keys;
            this.pageBytes = pageBytes;
        }

        /** Return the pages that have no file yet. */
        public Set<PageKey> missing() {
            synchronized (SnapshotArchive.this) {
                Set<PageKey> missing = new HashSet<>(keys);
                missing.removeIf(pages::has);
                return missing;
            }
        }

        /** Write one page. @throws PieException STORAGE_FULL */
        public void page(String model, PageKey page, int rows, ByteBuffer payload) {
            try {
                long size = pages.write(model, page, rows, payload);
                synchronized (SnapshotArchive.this) {
                    pages.written(page, size);
                    reserved -= Math.min(reservation, pageBytes);
                    reservation -= Math.min(reservation, pageBytes);
                }
            } catch (IOException e) {
                throw full("saving a page of snapshot '" + key.name() + "' failed", e);
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
                    synchronized (SnapshotArchive.this) {
                        list(key.path(), file, bytes);
                        saved++;
                        return info(new Listed(file, bytes, keys(context)));
                    }
                } catch (IOException e) {
                    throw full("saving snapshot '" + key.name() + "' failed", e);
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
                    synchronized (SnapshotArchive.this) {
                        list(key.path(), file, bytes);
                    }
                }
                throw e;
            }
        }

        private void syncPages() throws IOException {
            Set<String> directories;
            synchronized (SnapshotArchive.this) {
                directories = pages.unsynced(keys);
            }
            for (String directory : directories) {
                disk.sync(directory);
            }
            synchronized (SnapshotArchive.this) {
                pages.synced(keys);
            }
        }

        /** End the save; without {@link #commit} nothing has changed. */
        @Override
        public void close() {
            synchronized (SnapshotArchive.this) {
                if (!over) {
                    over = true;
                    reserved -= reservation;
                    pages.release(keys, clock.millis());
                    if (holdsName) {
                        saving.remove(key.path());
                    }
                }
            }
        }
    }

    // Opening.

    /**
     * Read a snapshot.
     *
     * @param weights fingerprint of the model at hand
     * @throws PieException NOT_FOUND, also if its file is damaged, or if it is of other weights
     */
    public Opened open(SnapshotKey key, String weights) {
        synchronized (changing) {
            Opened open;
            synchronized (this) {
                open = new Opened(present(key).orElseThrow(() -> absent(key)));
                pages.refer(open.listed.keys);
            }
            try {
                open.saved = SnapshotFile.decode(disk.read(key.path())).saved();
                if (!open.saved.weights().equals(weights)) {
                    throw absent(key);
                }
                synchronized (this) {
                    opened++;
                }
                return open;
            } catch (DamagedFileException | NoSuchFileException e) {
                open.close();
                synchronized (this) {
                    forget(key);
                    if (e instanceof DamagedFileException) {
                        setAside(key.path(), e);
                    }
                }
                throw absent(key);
            } catch (PieException e) {
                open.close();
                throw e;
            } catch (IOException e) {
                open.close();
                throw broken("opening snapshot '" + key.name() + "' failed", e);
            }
        }
    }

    /** Stand for a snapshot that is being read: its pages stay until this is closed. */
    public final class Opened implements AutoCloseable {
        private final Listed listed;
        private @Nullable SavedContext saved;
        private boolean over;

        private Opened(Listed listed) {
            this.listed = listed;
        }

        public SavedContext saved() {
            return Objects.requireNonNull(saved);
        }

        /** Return the bytes of a page, empty if it has no whole file: then its rows must be computed. */
        public Optional<ByteBuffer> page(PageKey key, int rows) {
            try {
                return Optional.of(pages.read(saved().model(), key, rows));
            } catch (NoSuchFileException e) {
                synchronized (SnapshotArchive.this) {
                    pages.lost(key);
                }
            } catch (IOException e) {
                synchronized (SnapshotArchive.this) {
                    setAside(pages.lost(key), e);
                }
            }
            return Optional.empty();
        }

        /** Remove the snapshot, durably. @throws PieException NOT_FOUND if it is gone or another has its name */
        public void remove() {
            synchronized (changing) {
                SnapshotKey key = listed.file.key();
                synchronized (SnapshotArchive.this) {
                    if (names.get(key.path()) != listed) {
                        throw absent(key);
                    }
                }
                delete(key);
            }
        }

        @Override
        public void close() {
            synchronized (SnapshotArchive.this) {
                if (!over) {
                    over = true;
                    pages.release(listed.keys, clock.millis());
                }
            }
        }
    }

    // Deleting.

    /** Remove a snapshot, durably. @throws PieException NOT_FOUND */
    public void delete(SnapshotKey key) {
        synchronized (changing) {
            synchronized (this) {
                if (present(key).isEmpty()) {
                    throw absent(key);
                }
            }
            try {
                remove(key);
            } catch (IOException e) {
                throw broken("deleting snapshot '" + key.name() + "' failed", e);
            }
        }
    }

    private void remove(SnapshotKey key) throws IOException {
        disk.delete(key.path());
        disk.sync(key.directory());
        synchronized (this) {
            forget(key);
        }
    }

    private void forget(SnapshotKey key) {
        Listed old = names.remove(key.path());
        if (old != null) {
            gone(old);
        }
    }

    /** Delete snapshots that have expired, and pages that no snapshot has held for ten minutes. */
    public void sweep() {
        synchronized (changing) {
            List<SnapshotKey> dead = new ArrayList<>();
            synchronized (this) {
                scan();
                for (Listed listed : names.values()) {
                    if (expired(listed)) {
                        dead.add(listed.file.key());
                    }
                }
            }
            for (SnapshotKey key : dead) {
                try {
                    remove(key);
                } catch (IOException e) {
                    LOG.warn("cannot delete expired snapshot {}: {}", key.path(), e.toString());
                }
            }
            synchronized (this) {
                sweep(clock.millis() - GRACE.toMillis());
            }
        }
    }

    private void sweep(long before) {
        pages.sweep(before);
    }
}
