package pie.runtime.files;

import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.OpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.process.OwnerId;
import pie.engine.process.ProcessId;
import pie.inferlet.Host;

/** Show one process its roots. */
public final class ProcessFiles implements Host.Files, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ProcessFiles.class);
    private static final List<String> ROOTS = List.of("app", "data", "scratch");
    private static final String HOME = "scratch";

    private final FileStore store;
    private final ProcessId id;
    private final OwnerId owner;
    private final String program;
    private final boolean permitted;
    private final MemoryRoot app;
    private final Set<SeekableByteChannel> open = Collections.newSetFromMap(new WeakHashMap<>());
    private @Nullable DiskRoot scratch;
    private boolean closed;

    /**
     * @param program name without version
     * @param texts the program's own files
     * @param permitted whether it has {@code /scratch} and {@code /data}
     */
    public ProcessFiles(
            FileStore store,
            ProcessId id,
            OwnerId owner,
            String program,
            Map<String, String> texts,
            boolean permitted) {
        this.store = store;
        this.id = id;
        this.owner = owner;
        this.program = program;
        this.permitted = permitted;
        this.app = new MemoryRoot(texts);
    }

    /** A path taken apart: names from {@code /} on. */
    private static List<String> names(String path) {
        var names = new ArrayList<String>();
        if (!path.startsWith("/")) {
            names.add(HOME);
        }
        for (String name : path.split("/")) {
            if (name.equals("..")) {
                if (!names.isEmpty()) {
                    names.removeLast();
                }
            } else if (!name.isEmpty() && !name.equals(".")) {
                names.add(name);
            }
        }
        return names;
    }

    private Root root(List<String> names, String path) throws IOException {
        return switch (names.isEmpty() ? "" : names.getFirst()) {
            case "app" -> app;
            case "scratch" -> permitted ? scratch() : denied(path);
            case "data" ->
                permitted
                        ? store.data(owner, program).orElseThrow(() -> new AccessDeniedException(path))
                        : denied(path);
            default -> denied(path);
        };
    }

    private static Root denied(String path) throws IOException {
        throw new AccessDeniedException(path);
    }

    private synchronized DiskRoot scratch() throws IOException {
        if (closed) {
            throw new FileSystemException("/scratch", null, "the process has ended");
        }
        DiskRoot made = scratch;
        if (made == null) {
            made = store.scratch(id);
            scratch = made;
        }
        return made;
    }

    private static List<String> rest(List<String> names) {
        return names.subList(1, names.size());
    }

    @Override
    public SeekableByteChannel open(String path, Set<? extends OpenOption> options) throws IOException {
        List<String> names = names(path);
        SeekableByteChannel channel = root(names, path).open(rest(names), path, options);
        synchronized (this) {
            if (!closed) {
                open.add(channel);
                return channel;
            }
        }
        channel.close();
        throw new FileSystemException(path, null, "the process has ended");
    }

    @Override
    public Host.FileStatus status(String path) throws IOException {
        List<String> names = names(path);
        return names.isEmpty()
                ? new Host.FileStatus(true, 0, 0)
                : root(names, path).status(rest(names), path);
    }

    @Override
    public List<String> list(String path) throws IOException {
        List<String> names = names(path);
        return names.isEmpty() ? ROOTS : root(names, path).list(rest(names), path);
    }

    @Override
    public void createDirectory(String path) throws IOException {
        List<String> names = names(path);
        root(names, path).createDirectory(rest(names), path);
    }

    @Override
    public void delete(String path) throws IOException {
        List<String> names = names(path);
        root(names, path).delete(rest(names), path);
    }

    @Override
    public void move(String from, String to, boolean replace) throws IOException {
        List<String> source = names(from);
        List<String> target = names(to);
        Root root = root(source, from);
        if (root != root(target, to)) {
            throw new FileSystemException(from, to, "Invalid cross-device link");
        }
        root.move(rest(source), rest(target), from, replace);
    }

    @Override
    public boolean permitted() {
        return permitted;
    }

    @Override
    public Map<String, Host.FileUsage> usage() {
        if (!permitted) {
            throw new PieException(
                    ErrorCode.PERMISSION_DENIED, "filesystem.usage: this program has no files permission");
        }
        try {
            var all = new LinkedHashMap<String, Host.FileUsage>();
            all.put("scratch", scratch().usage());
            Optional<DiskRoot> data = store.data(owner, program);
            data.ifPresent(root -> all.put("data", root.usage()));
            return all;
        } catch (IOException e) {
            throw new PieException(ErrorCode.STORAGE_FULL, "no room for files: " + e.getMessage(), Map.of(), e);
        }
    }

    /** Close all files and delete the scratch folder. */
    @Override
    public void close() {
        List<AutoCloseable> left = new ArrayList<>();
        synchronized (this) {
            closed = true;
            left.addAll(open);
            DiskRoot made = scratch;
            if (made != null) {
                left.add(made::destroy);
            }
        }
        for (AutoCloseable one : left) {
            try {
                one.close();
            } catch (Exception e) {
                LOG.warn("files of process {} cannot be given up: {}", id, e.toString());
            }
        }
    }
}
