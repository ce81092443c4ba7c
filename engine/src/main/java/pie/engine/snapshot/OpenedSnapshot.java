package pie.engine.snapshot;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.Optional;
import pie.engine.kv.PageKey;

/** Stand for a snapshot that is being read: its pages stay until this is closed. */
public final class OpenedSnapshot implements AutoCloseable {
    private final SnapshotArchive archive;
    private final SnapshotCatalogue catalogue;
    private final SnapshotCatalogue.Listed listed;
    private final SavedContext saved;
    private boolean over;

    /** Take over the references to the pages. */
    OpenedSnapshot(
            SnapshotArchive archive, SnapshotCatalogue catalogue, SnapshotCatalogue.Listed listed, SavedContext saved) {
        this.archive = archive;
        this.catalogue = catalogue;
        this.listed = listed;
        this.saved = saved;
    }

    public SavedContext saved() {
        return saved;
    }

    /** Return the bytes of a page, empty if it has no whole file: then its rows must be computed. */
    public Optional<ByteBuffer> page(PageKey key, int rows) {
        try {
            return Optional.of(catalogue.shelf().read(saved.model(), key, rows));
        } catch (NoSuchFileException e) {
            catalogue.lost(key);
        } catch (IOException e) {
            catalogue.setAside(catalogue.lost(key), e);
        }
        return Optional.empty();
    }

    /** Remove the snapshot, durably. @throws PieException NOT_FOUND if it is gone or another has its name */
    public void remove() {
        archive.delete(listed);
    }

    @Override
    public synchronized void close() {
        if (!over) {
            over = true;
            catalogue.release(listed.keys());
        }
    }
}
