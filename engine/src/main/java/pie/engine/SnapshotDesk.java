package pie.engine;

import java.util.ArrayDeque;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pie.engine.process.OwnerId;
import pie.engine.snapshot.SnapshotKey;
import pie.engine.snapshot.SnapshotStore;

/** Lead from the loop to the files of the snapshots and back, so that the loop never waits for a disk. */
final class SnapshotDesk {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotDesk.class);
    /** Saves and opens at a time, each with a chunk of pages in memory. */
    private static final int MOVERS = 2;

    private static final int WAITING = 256;
    private static final long CHUNK_BYTES = 16L << 20;

    private final EngineLoop loop;
    private final Optional<SnapshotStore> store;
    private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
    private int moving;

    SnapshotDesk(EngineLoop loop, Optional<SnapshotStore> store) {
        this.loop = loop;
        this.store = store;
    }

    /** @throws PieException UNSUPPORTED if snapshots are off */
    SnapshotStore store() {
        return store.orElseThrow(() -> new PieException(
                ErrorCode.UNSUPPORTED, "this server keeps no snapshots: their store is off, or in use by another pie"));
    }

    SnapshotKey key(OwnerId owner, String name) {
        return new SnapshotKey(owner, loop.model.name(), name);
    }

    /** Return how many pages are moved at a time. */
    int chunk() {
        return Math.clamp(CHUNK_BYTES / loop.limits.kvBytesPerPage(), 1, 1024);
    }

    /** Run a job on the file pool; one of the consumers gets its end, on the loop. */
    <T> void run(Supplier<T> job, Consumer<T> then, Consumer<PieException> failed) {
        try {
            store().goOn(() -> {
                T value;
                try {
                    value = job.get();
                } catch (PieException e) {
                    loop.completion(() -> failed.accept(e));
                    return;
                } catch (RuntimeException | OutOfMemoryError e) {
                    LOG.error("a job of the snapshots failed", e);
                    PieException cause = new PieException(ErrorCode.INTERNAL, "the snapshot failed: " + e, Map.of(), e);
                    loop.completion(() -> failed.accept(cause));
                    return;
                }
                loop.completion(() -> then.accept(value));
            });
        } catch (PieException e) {
            failed.accept(e);
        }
    }

    /** Let go of files, on the pool. */
    void release(Runnable job) {
        run(
                () -> {
                    job.run();
                    return true;
                },
                done -> {},
                failed -> LOG.warn("letting go of a snapshot failed: {}", failed.message(), failed));
    }

    /** Begin to move pages, now or when another has ended to. @throws PieException OVERLOADED if too many wait */
    void enter(Runnable mover) {
        if (moving < MOVERS) {
            moving++;
            mover.run();
        } else if (waiting.size() == WAITING) {
            throw new PieException(ErrorCode.OVERLOADED, WAITING + " snapshots wait for the disk: try again later");
        } else {
            waiting.add(mover);
        }
    }

    /** Let the next one move. */
    void leave() {
        Runnable next = waiting.poll();
        if (next == null) {
            moving--;
        } else {
            next.run();
        }
    }
}
