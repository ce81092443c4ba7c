package pie.server;

import java.util.List;
import pie.runtime.RuntimeConfig;
import pie.runtime.files.SessionFiles;

/** State the limits of the guest runtime for the guide and for {@code /v1/info}. */
final class RuntimeLimits {
    private static final String FILES_OVER = "429 `RATE_LIMITED`; `BUDGET_EXHAUSTED` in the program";

    private RuntimeLimits() {}

    static List<ServerLimits.Row> rows(RuntimeConfig config) {
        return List.of(
                new ServerLimits.Row("file", SessionFiles.Limits.DEFAULT.file(), "413 `PAYLOAD_TOO_LARGE`"),
                new ServerLimits.Row("process.files", SessionFiles.Limits.DEFAULT.count(), FILES_OVER),
                new ServerLimits.Row("process.file_bytes", SessionFiles.Limits.DEFAULT.all(), FILES_OVER),
                new ServerLimits.Row("apps.public_rate", AddressLimit.PER_MINUTE, "429 `RATE_LIMITED`"),
                new ServerLimits.Row("process.max_running", config.maxRunning(), "queued"),
                new ServerLimits.Row("process.max_queued", config.maxQueued(), "429 `OVERLOADED`"),
                new ServerLimits.Row("process.kill_grace", config.killGrace().toSeconds(), "killed"),
                new ServerLimits.Row(
                        "events.max_count", config.events().maxCount(), "the oldest go, or the writer waits"),
                new ServerLimits.Row(
                        "events.max_bytes", config.events().maxBytes(), "the oldest go, or the writer waits"),
                new ServerLimits.Row(
                        "events.stall_timeout",
                        config.events().stallTimeout().toSeconds(),
                        "the slow watcher is closed"),
                new ServerLimits.Row("events.ttl", config.eventsTtl().toSeconds(), "forgotten, 404 `NOT_FOUND`"));
    }
}
