package pie.runtime.js;

import java.io.IOException;
import java.net.URI;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.AccessMode;
import java.nio.file.DirectoryStream;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.graalvm.polyglot.io.FileSystem;
import org.jspecify.annotations.Nullable;
import pie.runtime.files.ByteChannel;

/** Serve modules from memory, read-only: the facade under {@code /lib}, the program under {@code /app}. There is nothing else. */
final class JsFiles implements FileSystem {
    static final String APP = "/app/";
    private static final String LIBRARY = "/lib/";

    /** Modules that programs import by a name that is no path. */
    private static final Map<String, String> BUILT_IN = Map.of(
            "inferlet", "inferlet.js",
            "@pie-project/inferlet", "inferlet.js",
            "fs", "node/fs.js",
            "node:fs", "node/fs.js",
            "fs/promises", "node/fs-promises.js",
            "node:fs/promises", "node/fs-promises.js",
            "path", "node/path.js",
            "node:path", "node/path.js");

    private final Map<String, byte[]> files = new HashMap<>();

    /** @param library the modules that programs import, and those that they are made of, by path */
    JsFiles(Map<String, String> library) {
        library.forEach((name, text) -> files.put(LIBRARY + name, text.getBytes(StandardCharsets.UTF_8)));
    }

    void add(Map<String, String> program) {
        program.forEach((name, text) ->
                files.put(Path.of(APP).resolve(name).normalize().toString(), text.getBytes(StandardCharsets.UTF_8)));
    }

    @Override
    public Path parsePath(URI uri) {
        // "node:fs" is an address without a path
        return uri.getPath() == null ? parsePath(uri.toString()) : Path.of(uri.getPath());
    }

    @Override
    public Path parsePath(String path) {
        @Nullable String builtIn = BUILT_IN.get(path);
        if (builtIn != null) {
            return Path.of(LIBRARY + builtIn);
        }
        if (path.startsWith(".") || path.startsWith("/")) {
            return Path.of(path);
        }
        @Nullable String packaged = packages().find(path);
        return Path.of(packaged == null ? path : packaged);
    }

    private PackageFiles packages() {
        return new PackageFiles(APP, name -> {
            byte[] bytes = files.get(name);
            return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
        });
    }

    @Override
    public Path toAbsolutePath(Path path) {
        return path.isAbsolute() ? path : Path.of(APP).resolve(path);
    }

    @Override
    public Path toRealPath(Path path, LinkOption... options) throws IOException {
        Path found = find(path);
        if (found == null) {
            throw new NoSuchFileException(path.toString());
        }
        return found;
    }

    /** Find a file as it is named, or as TypeScript programs name it. */
    private @Nullable Path find(Path path) {
        String name = toAbsolutePath(path).normalize().toString();
        String stem = name.endsWith(".js") ? name.substring(0, name.length() - 3) : name;
        for (String candidate : new String[] {
            name, stem + ".ts", name + ".ts", name + ".js", name + ".mjs", name + "/index.ts", name + "/index.js"
        }) {
            if (files.containsKey(candidate)) {
                return Path.of(candidate);
            }
        }
        return null;
    }

    private byte[] bytes(Path path) throws IOException {
        Path found = find(path);
        byte[] bytes = found == null ? null : files.get(found.toString());
        if (bytes == null) {
            throw new NoSuchFileException(path.toString());
        }
        return bytes;
    }

    @Override
    public void checkAccess(Path path, Set<? extends AccessMode> modes, LinkOption... options) throws IOException {
        if (modes.contains(AccessMode.WRITE) || modes.contains(AccessMode.EXECUTE)) {
            throw new AccessDeniedException(path.toString());
        }
        var unused = bytes(path);
    }

    @Override
    public void createDirectory(Path path, FileAttribute<?>... attributes) throws IOException {
        throw new AccessDeniedException(path.toString());
    }

    @Override
    public void delete(Path path) throws IOException {
        throw new AccessDeniedException(path.toString());
    }

    @Override
    public SeekableByteChannel newByteChannel(
            Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes) throws IOException {
        for (OpenOption option : options) {
            if (option != StandardOpenOption.READ) {
                throw new AccessDeniedException(path.toString());
            }
        }
        return new ByteChannel(bytes(path));
    }

    @Override
    public DirectoryStream<Path> newDirectoryStream(Path path, DirectoryStream.Filter<? super Path> filter)
            throws IOException {
        throw new AccessDeniedException(path.toString());
    }

    @Override
    public Map<String, Object> readAttributes(Path path, String attributes, LinkOption... options) throws IOException {
        var all = new HashMap<String, Object>();
        all.put("isRegularFile", true);
        all.put("isDirectory", false);
        all.put("isSymbolicLink", false);
        all.put("isOther", false);
        all.put("size", (long) bytes(path).length);
        for (String time : new String[] {"lastModifiedTime", "creationTime", "lastAccessTime"}) {
            all.put(time, FileTime.fromMillis(0));
        }
        return all;
    }
}
