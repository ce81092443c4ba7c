package pie.engine.snapshot;

import java.util.Map;
import pie.engine.ErrorCode;
import pie.engine.PieException;

/**
 * Limit what snapshots take on the disk.
 *
 * @param bytes of all files
 * @param ownerBytes of the files that one owner's snapshots need
 */
record SnapshotQuota(long bytes, long ownerBytes) {
    boolean above(long total) {
        return total > bytes;
    }

    boolean limitsOwners() {
        return ownerBytes < Long.MAX_VALUE;
    }

    /** @throws PieException BUDGET_EXHAUSTED if so many bytes more do not fit */
    void server(long used, long more) {
        check("server", bytes, used, more);
    }

    /** @throws PieException BUDGET_EXHAUSTED if an owner may not have so many bytes */
    void owner(long total) {
        check("owner", ownerBytes, 0, total);
    }

    private static void check(String scope, long limit, long used, long more) {
        if (used + more > limit) {
            throw new PieException(
                    ErrorCode.BUDGET_EXHAUSTED,
                    "the snapshots of the " + scope + " would have " + (used + more) + " bytes: " + limit
                            + " are allowed; delete some",
                    Map.of("budget", "snapshot_bytes", "scope", scope, "limit", limit, "used", used));
        }
    }
}
