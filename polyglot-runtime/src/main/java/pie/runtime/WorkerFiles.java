package pie.runtime;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
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
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.inferlet.Host;
import pie.runtime.replay.Datum;

/** Work on the files of a process from a worker, by the host calls that programs make for them. */
final class WorkerFiles implements Host.Files {
    /** First item of an answer that is a failure. */
    private static final String FAILED = "\u0000";

    private static final int PIECE = 1 << 20;

    /** Makes a host call. */
    @FunctionalInterface
    interface Calls {
        Datum call(String name, Datum... arguments);
    }

    private final Calls calls;
    private final boolean permitted;

    WorkerFiles(Calls calls, boolean permitted) {
        this.calls = calls;
        this.permitted = permitted;
    }

    private Datum ask(String path, String name, Datum... arguments) throws IOException {
        Datum answer = calls.call(name, arguments);
        if (answer instanceof Datum.Items all
                && all.items().size() == 3
                && all.items().getFirst() instanceof Datum.Text first
                && first.value().equals(FAILED)) {
            throw failure(path, text(all.items().get(1)), text(all.items().get(2)));
        }
        return answer;
    }

    private static IOException failure(String path, String code, String reason) {
        return switch (code) {
            case "ENOENT" -> new NoSuchFileException(path);
            case "EACCES" -> new AccessDeniedException(path);
            case "EEXIST" -> new FileAlreadyExistsException(path);
            case "ENOTEMPTY" -> new DirectoryNotEmptyException(path);
            case "EBADF" -> throw new NonWritableChannelException();
            case "ENOTDIR" ->
                reason.isEmpty() ? new NotDirectoryException(path) : new FileSystemException(path, null, reason);
            default -> new FileSystemException(path, null, reason);
        };
    }

    private static String text(Datum datum) {
        return datum instanceof Datum.Text text ? text.value() : "";
    }

    private static Datum text(String text) {
        return new Datum.Text(text);
    }

    @Override
    public boolean permitted() {
        return permitted;
    }

    @Override
    public SeekableByteChannel open(String path, Set<? extends OpenOption> options) throws IOException {
        return new Channel(
                path,
                ask(path, "fs_open", text(path), text(flags(options))),
                options.contains(StandardOpenOption.APPEND));
    }

    /** Return the flags of Node's {@code open} that say the same. */
    private static String flags(Set<? extends OpenOption> options) {
        String also = options.contains(StandardOpenOption.READ) ? "+" : "";
        if (options.contains(StandardOpenOption.APPEND)) {
            return "a" + also;
        }
        if (!options.contains(StandardOpenOption.WRITE)) {
            return "r";
        }
        if (options.contains(StandardOpenOption.CREATE_NEW)) {
            return "wx" + also;
        }
        if (options.contains(StandardOpenOption.CREATE)) {
            return options.contains(StandardOpenOption.TRUNCATE_EXISTING) ? "w" + also : "c" + also;
        }
        return options.contains(StandardOpenOption.TRUNCATE_EXISTING) ? "t" + also : "r+";
    }

    @Override
    public Host.FileStatus status(String path) throws IOException {
        List<Datum> all = ((Datum.Items) ask(path, "fs_stat", text(path))).items();
        return new Host.FileStatus(
                ((Datum.Flag) all.getFirst()).value(), (long) ((Datum.Real) all.get(1)).value(), (long)
                        ((Datum.Real) all.get(2)).value());
    }

    @Override
    public List<String> list(String path) throws IOException {
        return ((Datum.Items) ask(path, "fs_list", text(path)))
                .items().stream().map(WorkerFiles::text).toList();
    }

    @Override
    public void createDirectory(String path) throws IOException {
        var unused = ask(path, "fs_mkdir", text(path));
    }

    @Override
    public void delete(String path) throws IOException {
        var unused = ask(path, "fs_delete", text(path));
    }

    @Override
    public void move(String from, String to, boolean replace) throws IOException {
        var unused = ask(from, "fs_move", text(from), text(to), new Datum.Flag(replace));
    }

    @Override
    public Map<String, Host.FileUsage> usage() {
        throw new PieException(ErrorCode.INTERNAL, "usage is asked of the server");
    }

    /** An open file: the server holds it, the position is kept here. */
    private final class Channel implements SeekableByteChannel {
        private final String path;
        private final Datum handle;
        private final boolean appends;
        private long position;
        private boolean open = true;

        Channel(String path, Datum handle, boolean appends) {
            this.path = path;
            this.handle = handle;
            this.appends = appends;
        }

        private void live() throws ClosedChannelException {
            if (!open) {
                throw new ClosedChannelException();
            }
        }

        @Override
        public int read(ByteBuffer target) throws IOException {
            live();
            int most = Math.min(PIECE, target.remaining());
            byte[] got = ((Datum.Bytes) ask(path, "fs_read", handle, new Datum.Whole(most), new Datum.Real(position)))
                    .values();
            if (got.length == 0 && most > 0) {
                return -1;
            }
            target.put(got);
            position += got.length;
            return got.length;
        }

        @Override
        public int write(ByteBuffer source) throws IOException {
            live();
            byte[] bytes = new byte[Math.min(PIECE, source.remaining())];
            source.get(source.position(), bytes);
            Datum[] given = {handle, new Datum.Bytes(bytes), new Datum.Real(position)};
            Datum n = ask(path, "fs_write", appends ? java.util.Arrays.copyOf(given, 2) : given);
            source.position(source.position() + bytes.length);
            position = appends ? size() : position + ((Datum.Whole) n).value();
            return bytes.length;
        }

        @Override
        public long position() {
            return position;
        }

        @Override
        public SeekableByteChannel position(long at) {
            position = at;
            return this;
        }

        @Override
        public long size() throws IOException {
            live();
            return (long) ((Datum.Real) ask(path, "fs_size", handle)).value();
        }

        @Override
        public SeekableByteChannel truncate(long size) throws IOException {
            live();
            var unused = ask(path, "fs_truncate", handle, new Datum.Real(size));
            position = Math.min(position, size);
            return this;
        }

        @Override
        public boolean isOpen() {
            return open;
        }

        @Override
        public void close() throws IOException {
            if (open) {
                open = false;
                var unused = ask(path, "fs_close", handle);
            }
        }
    }
}
