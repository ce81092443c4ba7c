package pie.cli.command;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import pie.cli.Bytes;
import pie.engine.PieException;
import pie.runtime.GuestPolicy;
import pie.runtime.Isolation;
import pie.runtime.RuntimeConfig;

/** Take the options that say what programs run in. */
final class GuestOptions {
    /** A heap in which no language can start is no limit but a mistake. */
    private static final long LEAST = 16L << 20;

    @Option(
            names = "--isolation",
            paramLabel = "KIND",
            defaultValue = "${env:PIE_GUESTS__ISOLATION:-thread}",
            description = "thread: programs run in this process, kept apart by their languages' runtimes. process: each"
                    + " runs in a JVM of its own with a memory limit, ended by the operating system; not for Java."
                    + " Default: PIE_GUESTS__ISOLATION, else thread.")
    private Isolation isolation = Isolation.THREAD;

    @Option(
            names = "--guest-memory",
            paramLabel = "SIZE",
            converter = Bytes.class,
            defaultValue = "${env:PIE_GUESTS__MEMORY:-256MiB}",
            description =
                    "With --isolation process the heap that a program may hold, else what one must have allocated to"
                            + " be ended when the heap is full. Default: PIE_GUESTS__MEMORY, else 256MiB.")
    private long memory = RuntimeConfig.DEFAULT.guestMemory();

    /** @param spares guests kept ready for each language; null: as many as suit the isolation */
    RuntimeConfig runtime(GuestPolicy policy, @Nullable Integer spares) {
        if (memory < LEAST) {
            throw PieException.invalid("--guest-memory must be at least " + (LEAST >> 20) + "MiB");
        }
        if (spares != null && spares < 0) {
            throw PieException.invalid("--spare-guests must not be negative");
        }
        int kept = isolation == Isolation.PROCESS ? 1 : RuntimeConfig.DEFAULT.poolMin();
        return RuntimeConfig.DEFAULT.withPolicy(policy).isolated(isolation, memory, spares == null ? kept : spares);
    }
}
