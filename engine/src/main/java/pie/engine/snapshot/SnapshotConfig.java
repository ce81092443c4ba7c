package pie.engine.snapshot;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Configure a store of snapshots.
 *
 * @param directory that its files are kept in; one process at a time has it
 * @param maxBytes of all files
 * @param ownerBytes of the files that one owner's snapshots need
 * @param ttl how long a snapshot lives whose save does not say, empty for good
 */
public record SnapshotConfig(Path directory, long maxBytes, long ownerBytes, Optional<Duration> ttl) {
    private static final long MAX_BYTES = 16L << 30;

    /** Keep up to 16 GiB for good, whoever they belong to. */
    public static SnapshotConfig of(Path directory) {
        return new SnapshotConfig(directory, MAX_BYTES, Long.MAX_VALUE, Optional.empty());
    }
}
