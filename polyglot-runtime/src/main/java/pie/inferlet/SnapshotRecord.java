package pie.inferlet;

import java.time.Instant;
import java.util.Optional;
import pie.engine.snapshot.SnapshotInfo;

/**
 * Describe a snapshot.
 *
 * @param tokens of the logical sequence
 * @param pages with written tokens
 * @param bytes on the disk, pages that other snapshots hold too included
 */
public record SnapshotRecord(
        String name, String model, int tokens, int pages, long bytes, Instant created, Optional<Instant> expires) {
    static SnapshotRecord of(SnapshotInfo info) {
        return new SnapshotRecord(
                info.key().name(),
                info.key().model(),
                info.tokens(),
                info.pages(),
                info.bytes(),
                info.created(),
                info.expires());
    }
}
