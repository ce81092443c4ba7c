package pie.runtime.bridge;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.OpenOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import pie.inferlet.Host;

/**
 * Let a guest's own way to files go through the tape of its run: each answer is a text, {@code +} with what came or {@code !} with the
 * failure, and files are numbers in the order in which they were opened.
 */
public final class TapedFiles implements Host.Files {
    private static final int PIECE = 64 << 10;

    private final Bridge bridge;

    public TapedFiles(Bridge bridge) {
        this.bridge = bridge;
    }

    /** Work on files whose outcome is a text. */
    @FunctionalInterface
    private interface Work {
        String run(Host.Files files) throws IOException;
    }

    /** What a process may change is on the tape; the rest is the program's own text, or nothing. */
    private static boolean changes(String path) {
        return path.startsWith("/scratch") || path.startsWith("/data");
    }

    private String ask(String name, String path, Work work) throws IOException {
        if (!changes(path)) {
            return work.run(bridge.host().files());
        }
        String answer = bridge.asked("file_" + name, () -> {
            try {
                return "+" + work.run(bridge.host().files());
            } catch (IOException e) {
                String reason = e instanceof FileSystemException f && f.getReason() != null ? f.getReason() : "";
                return "!" + e.getClass().getSimpleName() + "\n" + reason;
            }
        });
        if (answer.startsWith("+")) {
            return answer.substring(1);
        }
        String[] words = answer.substring(1).split("\n", 2);
        throw switch (words[0]) {
            case "NoSuchFileException" -> new NoSuchFileException(path);
            case "AccessDeniedException" -> new AccessDeniedException(path);
            case "FileAlreadyExistsException" -> new FileAlreadyExistsException(path);
            case "DirectoryNotEmptyException" -> new DirectoryNotEmptyException(path);
            case "NotDirectoryException" -> new NotDirectoryException(path);
            default -> new FileSystemException(path, null, words[1]);
        };
    }

    @Override
    public SeekableByteChannel open(String path, Set<? extends OpenOption> options) throws IOException {
        var channel = new Channel(path);
        var unused = ask("open", path, files -> {
            channel.file = files.open(path, options);
            return "";
        });
        return channel;
    }

    @Override
    public Host.FileStatus status(String path) throws IOException {
        String[] words = ask("status", path, files -> {
                    Host.FileStatus s = files.status(path);
                    return s.directory() + " " + s.size() + " " + s.modified();
                })
                .split(" ");
        return new Host.FileStatus(words[0].equals("true"), Long.parseLong(words[1]), Long.parseLong(words[2]));
    }

    @Override
    public List<String> list(String path) throws IOException {
        String names = ask("list", path, files -> String.join("/", files.list(path)));
        return names.isEmpty() ? List.of() : List.of(names.split("/"));
    }

    @Override
    public void createDirectory(String path) throws IOException {
        var unused = ask("create_directory", path, files -> {
            files.createDirectory(path);
            return "";
        });
    }

    @Override
    public void delete(String path) throws IOException {
        var unused = ask("delete", path, files -> {
            files.delete(path);
            return "";
        });
    }

    @Override
    public void move(String from, String to, boolean replace) throws IOException {
        var unused = ask("move", from, files -> {
            files.move(from, to, replace);
            return "";
        });
    }

    @Override
    public Map<String, Host.FileUsage> usage() {
        return bridge.host().files().usage();
    }

    /** A file whose reads and writes are answered by the tape. */
    private final class Channel implements SeekableByteChannel {
        private final String path;
        private @Nullable SeekableByteChannel file;
        private boolean open = true;

        Channel(String path) {
            this.path = path;
        }

        private SeekableByteChannel file() throws IOException {
            SeekableByteChannel real = file;
            if (real == null) {
                throw new FileSystemException(path, null, "the file is not open");
            }
            return real;
        }

        @Override
        public int read(ByteBuffer target) throws IOException {
            int most = Math.min(PIECE, target.remaining());
            String answer = ask("read", path, files -> {
                var bytes = ByteBuffer.allocate(most);
                int n = file().read(bytes);
                return n < 0 ? "-" : "+" + new String(bytes.array(), 0, n, StandardCharsets.ISO_8859_1);
            });
            if (answer.equals("-")) {
                return -1;
            }
            byte[] got = answer.substring(1).getBytes(StandardCharsets.ISO_8859_1);
            target.put(got);
            return got.length;
        }

        @Override
        public int write(ByteBuffer source) throws IOException {
            byte[] bytes = new byte[source.remaining()];
            source.get(source.position(), bytes);
            int n = Integer.parseInt(ask("write", path, files -> "" + file().write(ByteBuffer.wrap(bytes))));
            source.position(source.position() + n);
            return n;
        }

        @Override
        public long position() throws IOException {
            return Long.parseLong(ask("position", path, files -> "" + file().position()));
        }

        @Override
        public SeekableByteChannel position(long position) throws IOException {
            var unused = ask("seek", path, files -> {
                file().position(position);
                return "";
            });
            return this;
        }

        @Override
        public long size() throws IOException {
            return Long.parseLong(ask("size", path, files -> "" + file().size()));
        }

        @Override
        public SeekableByteChannel truncate(long size) throws IOException {
            var unused = ask("truncate", path, files -> {
                file().truncate(size);
                return "";
            });
            return this;
        }

        @Override
        public boolean isOpen() {
            return open;
        }

        /** When a guest closes what it has forgotten is nobody's to say, so that this is not on the tape. */
        @Override
        public void close() throws IOException {
            open = false;
            if (file != null) {
                file.close();
            }
        }
    }
}
