package pie.engine.snapshot;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pie.engine.ErrorCode;
import pie.engine.PieException;

/** Join the archive with the bounded pool that its work runs on. Several engines may share one. */
public final class SnapshotStore implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotStore.class);
    private static final int THREADS = 2;
    private static final int QUEUE = 256;

    private final SnapshotArchive archive;
    private final Optional<Duration> ttl;
    private final Executor pool;
    private final AutoCloseable end;
    private final AtomicInteger waiting = new AtomicInteger();

    /**
     * Use an archive on threads of the caller's choice.
     *
     * @param ttl of a save that gives none
     */
    public SnapshotStore(SnapshotArchive archive, Optional<Duration> ttl, Executor pool) {
        this(archive, ttl, pool, () -> {});
    }

    private SnapshotStore(SnapshotArchive archive, Optional<Duration> ttl, Executor pool, AutoCloseable end) {
        this.archive = archive;
        this.ttl = ttl;
        this.pool = pool;
        this.end = end;
    }

    /**
     * Open a directory with a pool of two threads and a queue of 256 jobs; it is swept now and every hour.
     *
     * @throws PieException UNSUPPORTED if another process has the directory open, STORAGE_FULL if it cannot be made
     */
    public static SnapshotStore open(SnapshotConfig config) {
        LocalDisk disk;
        try {
            disk = LocalDisk.open(config.directory());
        } catch (IOException e) {
            throw new PieException(
                    ErrorCode.STORAGE_FULL,
                    "cannot keep snapshots in " + config.directory() + ": " + e + "; choose another directory",
                    Map.of(),
                    e);
        }
        SnapshotArchive archive =
                new SnapshotArchive(disk, InstantSource.system(), config.maxBytes(), config.ownerBytes());
        try {
            archive.secret();
        } catch (PieException e) {
            release(disk);
            throw e;
        }
        AtomicLong number = new AtomicLong();
        ScheduledThreadPoolExecutor threads = new ScheduledThreadPoolExecutor(
                THREADS,
                job -> Thread.ofPlatform()
                        .name("pie-snapshots-" + number.getAndIncrement())
                        .daemon()
                        .unstarted(job));
        threads.scheduleWithFixedDelay(() -> sweep(archive), 0, 1, TimeUnit.HOURS);
        return new SnapshotStore(archive, config.ttl(), threads, () -> {
            threads.shutdown();
            if (!threads.awaitTermination(1, TimeUnit.MINUTES)) {
                LOG.warn("snapshots were still being written a minute after the end");
            }
            disk.close();
        });
    }

    private static void release(LocalDisk disk) {
        try {
            disk.close();
        } catch (IOException e) {
            LOG.warn("cannot unlock {}: {}", disk, e.toString());
        }
    }

    private static void sweep(SnapshotArchive archive) {
        try {
            archive.sweep();
        } catch (PieException e) {
            LOG.warn("sweeping the snapshots failed, and is tried again in an hour: {}", e.message(), e);
        }
    }

    public SnapshotArchive archive() {
        return archive;
    }

    /** Return how long a snapshot lives whose save does not say. */
    public Optional<Duration> ttl() {
        return ttl;
    }

    /** Run a job on the pool. @throws PieException OVERLOADED if too many wait */
    public void run(Runnable job) {
        if (waiting.incrementAndGet() > QUEUE) {
            waiting.decrementAndGet();
            throw new PieException(
                    ErrorCode.OVERLOADED, QUEUE + " jobs of the snapshots wait for the disk: try again later");
        }
        goOn(() -> {
            waiting.decrementAndGet();
            job.run();
        });
    }

    /** Run a job on the pool that is part of what has begun, and so is never refused while the store is open. */
    public void goOn(Runnable job) {
        try {
            pool.execute(job);
        } catch (RejectedExecutionException e) {
            throw new PieException(ErrorCode.CANCELLED, "the snapshots are closed", Map.of(), e);
        }
    }

    /** Finish the jobs that wait, and let the directory go. */
    @Override
    public void close() {
        try {
            end.close();
        } catch (Exception e) {
            throw new PieException(ErrorCode.INTERNAL, "closing the snapshots failed: " + e, Map.of(), e);
        }
    }
}
