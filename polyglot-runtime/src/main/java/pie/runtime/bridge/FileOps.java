package pie.runtime.bridge;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.OpenOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import pie.engine.PieException;
import pie.inferlet.Host;

/**
 * Serve files. What fails as a file may gives {@code [FAILED, code, reason]} with the code of POSIX, for the guest to raise in its language's
 * way.
 */
final class FileOps {
    /** No name of a file. */
    private static final String FAILED = "\u0000";

    private static final int MOST_BYTES = 64 << 20;

    private final Bridge bridge;

    /** Work on files. */
    @FunctionalInterface
    private interface Work {
        @Nullable
        Object run(Args a) throws IOException;
    }

    FileOps(Bridge bridge) {
        this.bridge = bridge;
    }

    void register() {
        work("fs_open", a -> files().open(a.text(0, "path"), options(a.text(1, "flags"))));
        work("fs_read", a -> read(a.handle(0, SeekableByteChannel.class), a));
        work("fs_write", a -> write(a.handle(0, SeekableByteChannel.class), a));
        work("fs_size", a -> (double) a.handle(0, SeekableByteChannel.class).size());
        work("fs_truncate", a -> {
            a.handle(0, SeekableByteChannel.class).truncate((long) a.number(1, "length"));
            return bridge.dialect().absent();
        });
        work("fs_close", a -> {
            a.handle(0, SeekableByteChannel.class).close();
            return bridge.dialect().absent();
        });
        work("fs_stat", a -> {
            Host.FileStatus s = files().status(a.text(0, "path"));
            return bridge.dialect().list(List.of(s.directory(), (double) s.size(), (double) s.modified()));
        });
        work("fs_list", a -> bridge.dialect().list(files().list(a.text(0, "path"))));
        work("fs_mkdir", a -> {
            files().createDirectory(a.text(0, "path"));
            return bridge.dialect().absent();
        });
        work("fs_delete", a -> {
            files().delete(a.text(0, "path"));
            return bridge.dialect().absent();
        });
        work("fs_move", a -> {
            files().move(a.text(0, "from"), a.text(1, "to"), !a.has(2) || a.flag(2, "replace"));
            return bridge.dialect().absent();
        });
        bridge.call("fs_usage", a -> bridge.dialect().parsed(usage()));
    }

    private String usage() {
        Map<String, Host.FileUsage> roots = files().usage();
        return bridge.dialect().json(roots);
    }

    private Host.Files files() {
        bridge.host().checkLive();
        return bridge.host().files();
    }

    private void work(String name, Work body) {
        bridge.call(name, a -> {
            try {
                return body.run(a);
            } catch (IOException | NonWritableChannelException e) {
                String reason = e instanceof FileSystemException f && f.getReason() != null ? f.getReason() : "";
                return bridge.dialect().list(List.of(FAILED, code(e, reason), reason));
            }
        });
    }

    private static String code(Exception e, String reason) {
        return switch (e) {
            case NoSuchFileException gone -> "ENOENT";
            case AccessDeniedException denied -> "EACCES";
            case FileAlreadyExistsException there -> "EEXIST";
            case DirectoryNotEmptyException full -> "ENOTEMPTY";
            case NotDirectoryException file -> "ENOTDIR";
            case NonWritableChannelException reading -> "EBADF";
            default ->
                switch (reason) {
                    case "No space left on device" -> "ENOSPC";
                    case "Is a directory" -> "EISDIR";
                    case "Not a directory" -> "ENOTDIR";
                    case "Invalid cross-device link" -> "EXDEV";
                    case "File name too long" -> "ENAMETOOLONG";
                    default -> "EIO";
                };
        };
    }

    /** Read flags as Node's {@code open} takes them. */
    private static Set<? extends OpenOption> options(String flags) {
        return switch (flags) {
            case "r" -> Set.of(StandardOpenOption.READ);
            case "r+" -> Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE);
            case "w" ->
                Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING);
            case "w+" ->
                Set.of(
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING);
            case "wx" -> Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
            case "wx+" -> Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
            case "c" -> Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE);
            case "c+" -> Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE);
            case "t" -> Set.of(StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
            case "t+" ->
                Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
            case "a" -> Set.of(StandardOpenOption.APPEND, StandardOpenOption.CREATE);
            case "a+" -> Set.of(StandardOpenOption.READ, StandardOpenOption.APPEND, StandardOpenOption.CREATE);
            case "ax" -> Set.of(StandardOpenOption.APPEND, StandardOpenOption.CREATE_NEW);
            default -> throw PieException.invalid("flags must be one of r r+ w w+ wx wx+ a a+ ax, got '" + flags + "'");
        };
    }

    /** Read up to so many bytes at a position, or where the last call ended; fewer at the end. */
    private Object read(SeekableByteChannel file, Args a) throws IOException {
        int most = Math.clamp(a.integer(1, "length"), 0, MOST_BYTES);
        if (a.has(2)) {
            file.position((long) a.number(2, "position"));
        }
        var bytes = ByteBuffer.allocate((int) Math.min(most, Math.max(0, file.size() - file.position())));
        while (bytes.hasRemaining() && file.read(bytes) >= 0) {}
        return bridge.dialect().bytes(java.util.Arrays.copyOf(bytes.array(), bytes.position()));
    }

    private static Object write(SeekableByteChannel file, Args a) throws IOException {
        byte[] bytes = a.blob(1, "data");
        if (a.has(2)) {
            file.position((long) a.number(2, "position"));
        }
        var left = ByteBuffer.wrap(bytes);
        while (left.hasRemaining()) {
            file.write(left);
        }
        return bytes.length;
    }
}
