package pie.runtime.java.gate;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.CopyOption;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import pie.inferlet.Host;

/** Serve {@code java.nio.file.Files} from the files of the process. A path is a text here, and what it means the process says. */
public final class FileCalls {
    private static final long MAX = 64 << 20;

    private FileCalls() {}

    private static Host.Files files() {
        Gate.check();
        return Gate.host().files();
    }

    private static byte[] content(Path path) throws IOException {
        try (SeekableByteChannel file = files().open(path.toString(), Set.of(StandardOpenOption.READ))) {
            Gate.atMost("a file in bytes", file.size(), MAX);
            var bytes = ByteBuffer.allocate((int) file.size());
            while (bytes.hasRemaining() && file.read(bytes) >= 0) {
                Gate.check();
            }
            return bytes.array();
        }
    }

    private static Path put(Path path, byte[] bytes, OpenOption[] options) throws IOException {
        Set<OpenOption> how = options.length == 0
                ? Set.of(StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)
                : withWrite(options);
        try (SeekableByteChannel file = files().open(path.toString(), how)) {
            var left = ByteBuffer.wrap(bytes);
            while (left.hasRemaining()) {
                file.write(left);
            }
        }
        return path;
    }

    private static Set<OpenOption> withWrite(OpenOption[] options) {
        var how = new java.util.HashSet<OpenOption>(List.of(options));
        if (!how.contains(StandardOpenOption.APPEND)) {
            how.add(StandardOpenOption.WRITE);
        }
        return how;
    }

    @Replaces(value = Files.class, statically = true)
    public static String readString(Path path) throws IOException {
        return new String(content(path), StandardCharsets.UTF_8);
    }

    @Replaces(value = Files.class, statically = true)
    public static String readString(Path path, Charset charset) throws IOException {
        return new String(content(path), charset);
    }

    @Replaces(value = Files.class, statically = true)
    public static byte[] readAllBytes(Path path) throws IOException {
        return content(path);
    }

    @Replaces(value = Files.class, statically = true)
    public static List<String> readAllLines(Path path) throws IOException {
        return readString(path).lines().toList();
    }

    @Replaces(value = Files.class, statically = true)
    public static Stream<String> lines(Path path) throws IOException {
        return readString(path).lines();
    }

    @Replaces(value = Files.class, statically = true)
    public static Path writeString(Path path, CharSequence text, OpenOption... options) throws IOException {
        return put(path, text.toString().getBytes(StandardCharsets.UTF_8), options);
    }

    @Replaces(value = Files.class, statically = true)
    public static Path writeString(Path path, CharSequence text, Charset charset, OpenOption... options)
            throws IOException {
        return put(path, text.toString().getBytes(charset), options);
    }

    @Replaces(value = Files.class, statically = true)
    public static Path write(Path path, byte[] bytes, OpenOption... options) throws IOException {
        return put(path, bytes, options);
    }

    @Replaces(value = Files.class, statically = true)
    public static Path write(Path path, Iterable<? extends CharSequence> lines, OpenOption... options)
            throws IOException {
        var text = new StringBuilder();
        for (CharSequence line : lines) {
            Gate.check();
            text.append(line).append('\n');
            Texts.tame(text);
        }
        return put(path, text.toString().getBytes(StandardCharsets.UTF_8), options);
    }

    @Replaces(value = Files.class, statically = true)
    public static boolean exists(Path path, LinkOption... options) {
        try {
            var unused = files().status(path.toString());
            return true;
        } catch (IOException absent) {
            return false;
        }
    }

    @Replaces(value = Files.class, statically = true)
    public static boolean notExists(Path path, LinkOption... options) {
        return !exists(path, options);
    }

    @Replaces(value = Files.class, statically = true)
    public static boolean isDirectory(Path path, LinkOption... options) {
        try {
            return files().status(path.toString()).directory();
        } catch (IOException absent) {
            return false;
        }
    }

    @Replaces(value = Files.class, statically = true)
    public static boolean isRegularFile(Path path, LinkOption... options) {
        try {
            return !files().status(path.toString()).directory();
        } catch (IOException absent) {
            return false;
        }
    }

    @Replaces(value = Files.class, statically = true)
    public static long size(Path path) throws IOException {
        return files().status(path.toString()).size();
    }

    @Replaces(value = Files.class, statically = true)
    public static Path createDirectory(Path path, FileAttribute<?>... attributes) throws IOException {
        files().createDirectory(path.toString());
        return path;
    }

    @Replaces(value = Files.class, statically = true)
    public static Path createDirectories(Path path, FileAttribute<?>... attributes) throws IOException {
        String whole = path.toString();
        for (int at = whole.indexOf('/', 1); ; at = whole.indexOf('/', at + 1)) {
            Gate.check();
            String part = at < 0 ? whole : whole.substring(0, at);
            if (!isDirectory(Path.of(part))) {
                files().createDirectory(part);
            }
            if (at < 0) {
                return path;
            }
        }
    }

    @Replaces(value = Files.class, statically = true)
    public static void delete(Path path) throws IOException {
        files().delete(path.toString());
    }

    @Replaces(value = Files.class, statically = true)
    public static boolean deleteIfExists(Path path) throws IOException {
        try {
            delete(path);
            return true;
        } catch (NoSuchFileException absent) {
            return false;
        }
    }

    @Replaces(value = Files.class, statically = true)
    public static Path move(Path source, Path target, CopyOption... options) throws IOException {
        files().move(
                        source.toString(),
                        target.toString(),
                        List.of(options).contains(StandardCopyOption.REPLACE_EXISTING)
                                || List.of(options).contains(StandardCopyOption.ATOMIC_MOVE));
        return target;
    }

    @Replaces(value = Files.class, statically = true)
    public static Path copy(Path source, Path target, CopyOption... options) throws IOException {
        if (exists(target) && !List.of(options).contains(StandardCopyOption.REPLACE_EXISTING)) {
            throw new FileAlreadyExistsException(target.toString());
        }
        return isDirectory(source) ? createDirectory(target) : put(target, content(source), new OpenOption[0]);
    }

    @Replaces(value = Files.class, statically = true)
    public static Stream<Path> list(Path path) throws IOException {
        return files().list(path.toString()).stream().map(path::resolve);
    }

    @Replaces(value = Files.class, statically = true)
    public static Stream<Path> walk(Path path, FileVisitOption... options) throws IOException {
        var found = new ArrayList<Path>();
        walk(path, found);
        return found.stream();
    }

    private static void walk(Path path, List<Path> found) throws IOException {
        Gate.check();
        found.add(path);
        if (files().status(path.toString()).directory()) {
            for (String name : files().list(path.toString())) {
                walk(path.resolve(name), found);
            }
        }
    }
}
