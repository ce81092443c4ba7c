package pie.engine.snapshot;

import java.time.Instant;
import java.util.Optional;

/**
 * Describe a snapshot.
 *
 * @param tokens of the logical sequence
 * @param pages with rows
 * @param bytes of its own file and of its pages, shared ones included
 */
public record SnapshotInfo(
        SnapshotKey key, int tokens, int pages, long bytes, Instant created, Optional<Instant> expires) {}
