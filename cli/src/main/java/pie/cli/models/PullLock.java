package pie.cli.models;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import pie.engine.ErrorCode;
import pie.engine.PieException;

/** Let one pull of a model run at a time, over all processes; the system frees the lock of one that dies. */
final class PullLock implements AutoCloseable {
    private final FileChannel channel;
    private final Path stage;

    private PullLock(FileChannel channel, Path stage) {
        this.channel = channel;
        this.stage = stage;
    }

    static PullLock take(Path folder, String directory, String name) {
        Path file = folder.resolve("." + directory + ".lock");
        try {
            Files.createDirectories(folder);
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (!locked(channel)) {
                channel.close();
                throw new PieException(
                        ErrorCode.CONFLICT,
                        "another pull of " + name + " is running; wait for its end",
                        Map.of("model", name));
            }
            Path stage = ModelStore.stageOf(folder.resolve(directory));
            Files.createDirectories(stage);
            return new PullLock(channel, stage);
        } catch (IOException e) {
            throw Failures.write(file, e);
        }
    }

    private static boolean locked(FileChannel channel) throws IOException {
        try {
            @Nullable FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    /** Return the folder in which files grow. */
    Path stage() {
        return stage;
    }

    /** Throw away what a finished pull leaves. */
    void done() {
        ModelStore.delete(stage);
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw Failures.write(stage, e);
        }
    }
}
