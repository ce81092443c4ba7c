package pie.engine.snapshot;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import pie.engine.ErrorCode;
import pie.engine.PieException;

/** Keep the archive in one directory of this machine, locked against other processes while it is open. */
public final class LocalDisk implements Disk, AutoCloseable {
    private static final boolean POSIX =
            Path.of("").getFileSystem().supportedFileAttributeViews().contains("posix");

    private final Path root;
    private final FileChannel lock;

    private LocalDisk(Path root, FileChannel lock) {
        this.root = root;
        this.lock = lock;
    }

    /**
     * Open a directory, made if it is not there.
     *
     * @throws PieException UNSUPPORTED if another process has it open
     */
    public static LocalDisk open(Path root) throws IOException {
        Files.createDirectories(root, mode("rwx------"));
        FileChannel channel = FileChannel.open(
                root.resolve("lock"), Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), mode("rw-------"));
        try {
            FileLock held = channel.tryLock();
            if (held != null) {
                return new LocalDisk(root, channel);
            }
        } catch (OverlappingFileLockException e) {
            // This process has it open: the same answer as for another.
        }
        channel.close();
        throw new PieException(
                ErrorCode.UNSUPPORTED,
                "the snapshots in " + root
                        + " are kept by another running pie: stop it, or keep them in another directory",
                Map.of());
    }

    private static FileAttribute<?>[] mode(String permissions) {
        return POSIX
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }

    @Override
    public List<String> list(String directory) throws IOException {
        try (Stream<Path> entries = Files.list(root.resolve(directory))) {
            return entries.map(path -> String.valueOf(path.getFileName())).toList();
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }

    @Override
    public byte[] read(String path) throws IOException {
        return Files.readAllBytes(root.resolve(path));
    }

    @Override
    public long size(String path) throws IOException {
        return Files.size(root.resolve(path));
    }

    @Override
    public long modified(String path) throws IOException {
        return Files.getLastModifiedTime(root.resolve(path)).toMillis();
    }

    @Override
    public Output create(String path) throws IOException {
        FileChannel channel = FileChannel.open(
                root.resolve(path),
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE),
                mode("rw-------"));
        return new Output() {
            @Override
            public int write(ByteBuffer bytes) throws IOException {
                return channel.write(bytes);
            }

            @Override
            public void sync() throws IOException {
                channel.force(true);
            }

            @Override
            public void close() throws IOException {
                channel.close();
            }
        };
    }

    @Override
    public void rename(String from, String to) throws IOException {
        Files.move(
                root.resolve(from),
                root.resolve(to),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public void delete(String path) throws IOException {
        Files.deleteIfExists(root.resolve(path));
    }

    @Override
    public void makeDirectory(String path) throws IOException {
        if (!Files.isDirectory(root.resolve(path))) {
            Files.createDirectories(root.resolve(path), mode("rwx------"));
        }
    }

    @Override
    public void sync(String directory) throws IOException {
        if (POSIX) { // elsewhere a directory cannot be opened, and a rename is durable by itself
            try (FileChannel channel = FileChannel.open(root.resolve(directory), StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }

    @Override
    public String toString() {
        return root.toString();
    }
}
