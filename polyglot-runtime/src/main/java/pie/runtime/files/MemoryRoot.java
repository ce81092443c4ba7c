package pie.runtime.files;

import java.io.IOException;
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
        return new ByteChannel(content);
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
}
