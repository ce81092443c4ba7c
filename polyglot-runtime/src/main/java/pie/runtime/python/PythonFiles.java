package pie.runtime.python;

import java.io.IOException;
import java.net.URI;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.graalvm.polyglot.io.FileSystem;
import org.jspecify.annotations.Nullable;
import pie.inferlet.Host;

/** Serve a Python program the files of its process; there is nothing else but the language's own library, which is added around this. */
final class PythonFiles implements FileSystem {
    private static final Path HOME = Path.of("/scratch");

    private volatile Host.@Nullable Files files;

    /** Serve these from now on; nothing before. */
    void use(Host.Files of) {
        files = of;
    }

    private Host.Files files(Path path) throws IOException {
        Host.Files now = files;
        if (now == null) {
            throw new NoSuchFileException(path.toString());
        }
        return now;
    }

    private String name(Path path) {
        return toAbsolutePath(path).toString();
    }

    @Override
    public Path parsePath(URI uri) {
        return Path.of(uri.getPath());
    }

    @Override
    public Path parsePath(String path) {
        return Path.of(path);
    }

    @Override
    public Path toAbsolutePath(Path path) {
        return path.isAbsolute() ? path : HOME.resolve(path);
    }

    @Override
    public Path toRealPath(Path path, LinkOption... options) throws IOException {
        Path real = toAbsolutePath(path).normalize();
        var unused = files(path).status(real.toString());
        return real;
    }

    @Override
    public void setCurrentWorkingDirectory(Path directory) {
        throw new UnsupportedOperationException("the working directory is /scratch");
    }

    @Override
    public Path getTempDirectory() {
        return HOME;
    }

    @Override
    public void checkAccess(Path path, Set<? extends AccessMode> modes, LinkOption... options) throws IOException {
        String name = name(path);
        boolean folder = files(path).status(name).directory();
        boolean own = name.equals("/app") || name.startsWith("/app/") || name.equals("/");
        if (own && modes.contains(AccessMode.WRITE) || !folder && modes.contains(AccessMode.EXECUTE)) {
            throw new AccessDeniedException(name);
        }
    }

    @Override
    public void createDirectory(Path path, FileAttribute<?>... attributes) throws IOException {
        files(path).createDirectory(name(path));
    }

    @Override
    public void delete(Path path) throws IOException {
        files(path).delete(name(path));
    }

    @Override
    public SeekableByteChannel newByteChannel(
            Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes) throws IOException {
        return files(path).open(name(path), options);
    }

    @Override
    public DirectoryStream<Path> newDirectoryStream(Path path, DirectoryStream.Filter<? super Path> filter)
            throws IOException {
        List<Path> entries =
                files(path).list(name(path)).stream().map(path::resolve).toList();
        return new DirectoryStream<>() {
            @Override
            public Iterator<Path> iterator() {
                return entries.iterator();
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public void move(Path source, Path target, CopyOption... options) throws IOException {
        files(source)
                .move(
                        name(source),
                        name(target),
                        List.of(options).contains(StandardCopyOption.REPLACE_EXISTING)
                                || List.of(options).contains(StandardCopyOption.ATOMIC_MOVE));
    }

    /** Times and modes are not kept. */
    @Override
    public void setAttribute(Path path, String attribute, Object value, LinkOption... options) throws IOException {
        var unused = files(path).status(name(path));
    }

    @Override
    public Map<String, Object> readAttributes(Path path, String attributes, LinkOption... options) throws IOException {
        String name = name(path);
        Host.FileStatus status = files(path).status(name);
        var all = new HashMap<String, Object>();
        all.put("isRegularFile", !status.directory());
        all.put("isDirectory", status.directory());
        all.put("isSymbolicLink", false);
        all.put("isOther", false);
        all.put("size", status.size());
        all.put("mode", status.directory() ? 0040700 : 0100600);
        all.put("nlink", 1);
        all.put("uid", 0);
        all.put("gid", 0);
        all.put("ino", (long) name.hashCode() & 0xffff_ffffL);
        all.put("dev", 1L);
        FileTime time = FileTime.fromMillis(status.modified());
        for (String key : new String[] {"lastModifiedTime", "creationTime", "lastAccessTime", "ctime"}) {
            all.put(key, time);
        }
        return all;
    }
}
