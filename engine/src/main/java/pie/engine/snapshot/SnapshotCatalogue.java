package pie.engine.snapshot;

import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.kv.PageKey;
import pie.engine.process.OwnerId;

/** Know which snapshots and pages there are, who holds which pages, and what is on its way to the disk. Safe for several threads. */
final class SnapshotCatalogue {
    static final String SNAPSHOT = ".snap";
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotCatalogue.class);
    private static final String NAMES = "names";
    private static final String DAMAGED = "damaged";

    private final Disk disk;
    private final AtomicFiles files;
    private final InstantSource clock;
    private final PageShelf pages;
    private final Map<String, Listed> names = new TreeMap<>();
    private final Set<String> saving = new HashSet<>();
    private boolean scanned;
    private long nameBytes;
    private long reserved;
    private long damaged;
    private long saved;
    private long opened;

    /** A snapshot with the size of its own file and the pages that have keys. */
    record Listed(SnapshotFile file, long bytes, List<PageKey> keys) {}

    SnapshotCatalogue(Disk disk, AtomicFiles files, InstantSource clock) {
        this.disk = disk;
        this.files = files;
        this.clock = clock;
        pages = new PageShelf(disk, files);
    }

    // Reading what is there.

    private void scan() {
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
                put(path, SnapshotFile.decode(file), file.length);
            } catch (DamagedFileException e) {
                setAside(path, e);
            }
        }
    }

    static PieException broken(String what, IOException e) {
        return new PieException(ErrorCode.INTERNAL, what + ": " + e, Map.of(), e);
    }

    static PieException full(String what, IOException e) {
        return new PieException(
                ErrorCode.STORAGE_FULL, what + ": " + e + "; make room on the disk and save again", Map.of(), e);
    }

    static PieException absent(SnapshotKey key) {
        return new PieException(
                ErrorCode.NOT_FOUND,
                "no snapshot '" + key.name() + "' on model '" + key.model() + "'",
                Map.of("kind", "snapshot", "name", key.name()));
    }

    /** Move a damaged file out of the way. */
    synchronized void setAside(String path, IOException why) {
        damaged++;
        LOG.error("{} is damaged and set aside: {}", path, why.getMessage());
        try {
            files.makeDirectories(DAMAGED);
            disk.rename(path, DAMAGED + '/' + clock.millis() + '-' + AtomicFiles.name(path));
        } catch (IOException e) {
            LOG.warn("cannot set {} aside: {}", path, e.toString());
        }
    }

    // Names.

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

    /** @throws PieException NOT_FOUND */
    synchronized Listed find(SnapshotKey key) {
        return present(key).orElseThrow(() -> absent(key));
    }

    /** Say whether a name still stands for what it did. */
    synchronized boolean stands(Listed listed) {
        return names.get(listed.file.key().path()) == listed;
    }

    synchronized List<SnapshotInfo> list(OwnerId owner, Optional<String> model, String prefix) {
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

    synchronized SnapshotInfo info(SnapshotKey key) {
        return info(find(key));
    }

    private SnapshotInfo info(Listed listed) {
        long bytes = listed.bytes;
        for (PageKey key : listed.keys) {
            bytes += pages.size(key);
        }
        return listed.file.info(bytes);
    }

    /** Note a snapshot whose file is there; it holds its pages from now on. */
    synchronized SnapshotInfo saved(SnapshotKey key, SnapshotFile file, long bytes) {
        put(key.path(), file, bytes);
        saved++;
        return info(new Listed(file, bytes, keys(file.saved())));
    }

    /** Note a snapshot whose file may be there. */
    synchronized void put(String path, SnapshotFile file, long bytes) {
        List<PageKey> keys = keys(file.saved());
        pages.refer(keys);
        Listed old = names.put(path, new Listed(file, bytes, keys));
        nameBytes += bytes;
        if (old != null) {
            gone(old);
        }
    }

    private static List<PageKey> keys(SavedContext context) {
        List<PageKey> keys = new ArrayList<>();
        for (SavedContext.Page page : context.pages()) {
            page.key().ifPresent(keys::add);
        }
        return keys;
    }

    private void gone(Listed old) {
        nameBytes -= old.bytes;
        pages.release(old.keys, clock.millis());
    }

    synchronized void forget(SnapshotKey key) {
        Listed old = names.remove(key.path());
        if (old != null) {
            gone(old);
        }
    }

    synchronized List<SnapshotKey> expired() {
        scan();
        return names.values().stream()
                .filter(this::expired)
                .map(listed -> listed.file.key())
                .toList();
    }

    // Pages.

    synchronized void refer(Collection<PageKey> keys) {
        pages.refer(keys);
    }

    synchronized void release(Collection<PageKey> keys) {
        pages.release(keys, clock.millis());
    }

    /** Return those of the pages that have no file. */
    synchronized Set<PageKey> missing(Collection<PageKey> keys) {
        Set<PageKey> missing = new HashSet<>(keys);
        missing.removeIf(pages::has);
        return missing;
    }

    synchronized void written(PageKey page, long size) {
        pages.written(page, size);
    }

    synchronized Set<String> unsynced(Collection<PageKey> keys) {
        return pages.unsynced(keys);
    }

    synchronized void synced(Collection<PageKey> keys) {
        pages.synced(keys);
    }

    /** Note that a page has no file any more. Return the path of what was there. */
    synchronized String lost(PageKey page) {
        return pages.lost(page);
    }

    synchronized void sweep(long before) {
        pages.sweep(before);
    }

    /** Return the shelf, for its calls that wait for the disk. */
    PageShelf shelf() {
        return pages;
    }

    // Saves on their way.

    /**
     * Let a save begin: refer to its pages, set aside what it may take, and keep its name if it must be free.
     *
     * @return bytes set aside
     * @throws PieException ALREADY_EXISTS, BUDGET_EXHAUSTED; nothing has changed then
     */
    synchronized long begin(
            SnapshotKey key, boolean overwrite, Collection<PageKey> keys, long pageBytes, SnapshotQuota quota) {
        Optional<Listed> old = present(key);
        if (!overwrite && (old.isPresent() || saving.contains(key.path()))) {
            throw new PieException(
                    ErrorCode.ALREADY_EXISTS,
                    "a snapshot '" + key.name() + "' exists on model '" + key.model()
                            + "': choose another name, or save with overwrite",
                    Map.of("kind", "snapshot", "name", key.name()));
        }
        pages.refer(keys);
        try {
            long more = afford(key, keys, pageBytes, old, quota);
            if (!overwrite) {
                saving.add(key.path());
            }
            reserved += more;
            return more;
        } catch (PieException e) {
            pages.release(keys, clock.millis());
            throw e;
        }
    }

    private long afford(
            SnapshotKey key, Collection<PageKey> keys, long pageBytes, Optional<Listed> old, SnapshotQuota quota) {
        long owned = 0;
        long more = 0;
        Set<PageKey> counted = new HashSet<>(keys);
        for (PageKey page : keys) {
            owned += pages.has(page) ? pages.size(page) : pageBytes;
            more += pages.has(page) ? 0 : pageBytes;
        }
        if (quota.above(pages.bytes() + nameBytes + reserved + more)) {
            pages.sweep(Long.MAX_VALUE);
        }
        long replaced = old.map(Listed::bytes).orElse(0L);
        quota.server(pages.bytes() + nameBytes + reserved - replaced, more);
        if (quota.limitsOwners()) {
            for (Map.Entry<String, Listed> other : names.entrySet()) {
                Listed listed = other.getValue();
                if (listed.file.key().owner().equals(key.owner())
                        && !other.getKey().equals(key.path())) {
                    owned += listed.bytes;
                    for (PageKey page : listed.keys) {
                        owned += counted.add(page) ? pages.size(page) : 0;
                    }
                }
            }
            quota.owner(owned);
        }
        return more;
    }

    /** Give back bytes that were set aside for a save. */
    synchronized void unreserve(long bytes) {
        reserved -= bytes;
    }

    /** Let a name go that was kept for a save. */
    synchronized void free(SnapshotKey key) {
        saving.remove(key.path());
    }

    synchronized void countOpened() {
        opened++;
    }

    synchronized ArchiveStats stats() {
        scan();
        return new ArchiveStats(names.size(), pages.count(), pages.bytes() + nameBytes, saved, opened, damaged);
    }
}
