package pie.cli.command;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import pie.cli.Bytes;
import pie.cli.PieHome;
import pie.cli.Spans;
import pie.engine.PieException;
import pie.engine.snapshot.SnapshotConfig;

/** Take the options that say where snapshots are kept, how many, and for how long. */
final class SnapshotOptions {
    @Option(
            names = "--snapshots",
            paramLabel = "DIR",
            description = "Folder of the snapshots, or off. Default: snapshots in pie's home.")
    private @Nullable String directory;

    @Option(
            names = "--snapshot-bytes",
            paramLabel = "SIZE",
            converter = Bytes.class,
            description = "Most that all snapshots may take on the disk, such as 500MB. Default: 16GiB.")
    private @Nullable Long bytes;

    @Option(
            names = "--snapshot-ttl",
            paramLabel = "SPAN",
            converter = Spans.class,
            description = "How long a snapshot lives whose save does not say. Default: for good.")
    private @Nullable Duration ttl;

    /** @throws PieException INVALID_ARGUMENT for a size or span of snapshots that are off, or that is nothing */
    Optional<SnapshotConfig> config() {
        if ("off".equals(directory)) {
            if (bytes != null || ttl != null) {
                throw PieException.invalid("--snapshots off goes with neither --snapshot-bytes nor --snapshot-ttl");
            }
            return Optional.empty();
        }
        if (bytes != null && bytes == 0) {
            throw PieException.invalid("--snapshot-bytes must be positive; --snapshots off keeps none");
        }
        if (ttl != null && ttl.isZero()) {
            throw PieException.invalid("--snapshot-ttl must be positive");
        }
        SnapshotConfig config = inHome();
        return Optional.of(new SnapshotConfig(
                directory == null ? config.directory() : Path.of(directory),
                bytes == null ? config.maxBytes() : bytes,
                config.ownerBytes(),
                Optional.ofNullable(ttl)));
    }

    /** Return what holds without any option. */
    static SnapshotConfig inHome() {
        return SnapshotConfig.of(PieHome.path().resolve("snapshots"));
    }
}
