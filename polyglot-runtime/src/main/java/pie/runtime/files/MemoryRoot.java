package pie.runtime.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.OpenOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import pie.inferlet.Host;

/** Show texts as files that cannot be changed. */
final class MemoryRoot implements Root {
    private static final Set<StandardOpenOption> READING = Set.of(StandardOpenOption.READ, StandardOpenOption.SPARSE);

    private final TreeMap<String, byte[]> files = new TreeMap<>();

    /** @param texts by path with {@code /} between names */
    MemoryRoot(Map<String, String> texts) {
        texts.forEach((path, text) -> files.put(path, text.getBytes(StandardCharsets.UTF_8)));
    }

    private boolean folder(String path) {
        return path.isEmpty() || files.keySet().stream().anyMatch(name -> name.startsWith(path + "/"));
    }

    @Override
    public SeekableByteChannel open(List<String> names, String shown, Set<? extends OpenOption> options)
            throws IOException {
        for (OpenOption option : options) {
            if (!(option instanceof StandardOpenOption standard) || !READING.contains(standard)) {
                throw new AccessDeniedException(shown);
            }
        }
        String path = String.join("/", names);
        byte[] content = files.get(path);
        if (content == null) {
            throw folder(path)
                    ? new FileSystemException(shown, null, "Is a directory")
                    : new NoSuchFileException(shown);
        }
        return new Reader(ByteBuffer.wrap(content).asReadOnlyBuffer());
    }

    @Override
    public Host.FileStatus status(List<String> names, String shown) throws IOException {
        String path = String.join("/", names);
        byte[] content = files.get(path);
        if (content != null) {
            return new Host.FileStatus(false, content.length, 0);
        }
        if (folder(path)) {
            return new Host.FileStatus(true, 0, 0);
        }
        throw new NoSuchFileException(shown);
    }

    @Override
    public List<String> list(List<String> names, String shown) throws IOException {
        if (!status(names, shown).directory()) {
            throw new NotDirectoryException(shown);
        }
        String prefix = names.isEmpty() ? "" : String.join("/", names) + "/";
        var found = new TreeSet<String>();
        for (String path : files.keySet()) {
            if (path.startsWith(prefix)) {
                String rest = path.substring(prefix.length());
                int slash = rest.indexOf('/');
                found.add(slash < 0 ? rest : rest.substring(0, slash));
            }
        }
        return List.copyOf(found);
    }

    @Override
    public void createDirectory(List<String> names, String shown) throws IOException {
        throw new AccessDeniedException(shown);
    }

    @Override
    public void delete(List<String> names, String shown) throws IOException {
        throw new AccessDeniedException(shown);
    }

    @Override
    public void move(List<String> from, List<String> to, String shown, boolean replace) throws IOException {
        throw new AccessDeniedException(shown);
    }

    /** Read from a buffer. */
    private static final class Reader implements SeekableByteChannel {
        private final ByteBuffer content;
        private boolean open = true;

        Reader(ByteBuffer content) {
            this.content = content;
        }

        @Override
        public int read(ByteBuffer target) {
            if (!content.hasRemaining()) {
                return -1;
            }
            int n = Math.min(target.remaining(), content.remaining());
            target.put(content.slice(content.position(), n));
            content.position(content.position() + n);
            return n;
        }

        @Override
        public int write(ByteBuffer source) {
            throw new NonWritableChannelException();
        }

        @Override
        public long position() {
            return content.position();
        }

        @Override
        public SeekableByteChannel position(long position) {
            content.position((int) Math.min(position, content.limit()));
            return this;
        }

        @Override
        public long size() {
            return content.limit();
        }

        @Override
        public SeekableByteChannel truncate(long size) {
            throw new NonWritableChannelException();
        }

        @Override
        public boolean isOpen() {
            return open;
        }

        @Override
        public void close() {
            open = false;
        }
    }
}
