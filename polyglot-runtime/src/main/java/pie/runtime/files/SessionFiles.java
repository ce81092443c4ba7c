package pie.runtime.files;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.codec.binary.Hex;
import org.apache.commons.codec.digest.Blake3;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.event.SessionFile;
import pie.engine.process.ProcessId;

/**
 * Keep the files that one process and its client send to each other, in a folder that is made for the first. A content is read piece by
 * piece; its bytes count from the first piece on.
 */
public final class SessionFiles {
    /** Bound the files of one process. */
    public record Limits(long file, long all, int count) {
        public static final Limits DEFAULT = new Limits(256L << 20, 1L << 30, 64);
    }

    private static final Logger LOG = LoggerFactory.getLogger(SessionFiles.class);
    private static final int MOST_NAME = 255;
    private static final int PIECE = 1 << 16;

    private final ProcessId process;
    private final Limits limits;
    private final List<SessionFile> files = new ArrayList<>();
    private @Nullable Path folder;
    private int count;
    private long size;
    private boolean forgotten;

    public SessionFiles(ProcessId process) {
        this(process, Limits.DEFAULT);
    }

    SessionFiles(ProcessId process, Limits limits) {
        this.process = process;
        this.limits = limits;
    }

    /**
     * Keep a content.
     *
     * @param hash BLAKE3 that it must have, in hex; empty for any
     * @param sent whether the process sends it; else the client does
     * @throws PieException PAYLOAD_TOO_LARGE; beyond the limits of one process RATE_LIMITED for the client, BUDGET_EXHAUSTED for the
     *     program; STORAGE_FULL; INVALID_ARGUMENT for another hash
     * @throws IOException if the content cannot be read
     */
    public SessionFile keep(String name, InputStream content, Optional<String> hash, boolean sent) throws IOException {
        open(sent);
        long taken = 0;
        @Nullable Path part = null;
        try {
            part = disk(() -> Files.createTempFile(folder(), ".part", ""));
            var digest = Blake3.initHash();
            byte[] piece = new byte[PIECE];
            try (OutputStream out = written(part)) {
                for (int n = content.read(piece); n >= 0; n = content.read(piece)) {
                    reserve(taken, n, sent);
                    taken += n;
                    digest.update(piece, 0, n);
                    int length = n;
                    disk(() -> {
                        out.write(piece, 0, length);
                        return out;
                    });
                }
            }
            String found = Hex.encodeHexString(digest.doFinalize(32));
            if (hash.isPresent() && !hash.get().equalsIgnoreCase(found)) {
                throw PieException.invalid(
                        "the hash given is " + hash.get() + ", but the BLAKE3 of the content is " + found);
            }
            return add(name, part, found, taken, sent);
        } catch (IOException | RuntimeException e) {
            giveUp(part, taken);
            throw e;
        }
    }

    private synchronized void open(boolean sent) {
        if (count >= limits.count()) {
            throw full(sent);
        }
        count++;
    }

    private synchronized void reserve(long taken, int more, boolean sent) {
        if (taken + more > limits.file()) {
            throw new PieException(
                    ErrorCode.PAYLOAD_TOO_LARGE,
                    "a file is larger than " + limits.file() + " bytes",
                    Map.of("limit", limits.file()));
        }
        if (size + more > limits.all()) {
            throw full(sent);
        }
        size += more;
    }

    private PieException full(boolean sent) {
        return new PieException(
                sent ? ErrorCode.BUDGET_EXHAUSTED : ErrorCode.RATE_LIMITED,
                "the files of a process are at most " + limits.count() + " and " + limits.all() + " bytes together",
                Map.of("budget", "files", "scope", "process", "limit", limits.count(), "used", count));
    }

    private synchronized SessionFile add(String name, Path part, String hash, long length, boolean sent) {
        disk(() -> Files.move(part, folder().resolve(hash), StandardCopyOption.REPLACE_EXISTING));
        String plain = plain(name);
        String type = plain.isEmpty() ? null : URLConnection.guessContentTypeFromName(plain);
        var file = new SessionFile(
                plain, hash, length, type == null ? "application/octet-stream" : type, sent, Instant.now());
        files.add(file);
        return file;
    }

    private synchronized void giveUp(@Nullable Path part, long taken) {
        count--;
        size -= taken;
        if (part != null) {
            delete(part);
        }
    }

    /** Take back what was kept, as nobody received it. */
    public synchronized void remove(SessionFile file) {
        Path kept = folder;
        if (kept == null || !files.remove(file)) {
            return;
        }
        count--;
        size -= file.size();
        if (files.stream().noneMatch(other -> other.hash().equals(file.hash()))) {
            delete(kept.resolve(file.hash()));
        }
    }

    private static void delete(Path content) {
        try {
            Files.deleteIfExists(content);
        } catch (IOException e) {
            LOG.warn("{} cannot be deleted: {}", content, e.toString());
        }
    }

    /** Work on the disk, whose failure is not that of the content. */
    @FunctionalInterface
    private interface DiskWork<T> {
        T run() throws IOException;
    }

    private static <T> T disk(DiskWork<T> work) {
        try {
            return work.run();
        } catch (IOException e) {
            throw new PieException(ErrorCode.STORAGE_FULL, "a file cannot be kept: " + e.getMessage(), Map.of(), e);
        }
    }

    private static OutputStream written(Path part) {
        return disk(() -> Files.newOutputStream(part));
    }

    private synchronized Path folder() throws IOException {
        if (forgotten) {
            throw new PieException(
                    ErrorCode.CONFLICT, "process " + process + " has been forgotten", Map.of("reason", "ended"));
        }
        Path made = folder;
        if (made == null) {
            made = Files.createTempDirectory("pie-files-" + process + "-");
            folder = made;
        }
        return made;
    }

    /** Return a name without folders and control characters. */
    private static String plain(String name) {
        String last = name.substring(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1)
                .replaceAll("[\\p{Cntrl}\"]", "");
        String shorter = last.substring(0, Math.min(MOST_NAME, last.length()));
        return shorter.equals(".") || shorter.equals("..") ? "" : shorter;
    }

    public synchronized List<SessionFile> all() {
        return List.copyOf(files);
    }

    /** Return where a content is kept. @throws PieException NOT_FOUND */
    public synchronized Path content(String hash) {
        Path kept = folder;
        if (kept != null && files.stream().anyMatch(file -> file.hash().equals(hash))) {
            return kept.resolve(hash);
        }
        throw new PieException(
                ErrorCode.NOT_FOUND, "process " + process + " has no file " + hash, Map.of("kind", "file"));
    }

    /** Delete all of them. */
    public synchronized void forget() {
        Path kept = folder;
        folder = null;
        forgotten = true;
        files.clear();
        if (kept == null) {
            return;
        }
        try {
            Trees.delete(kept);
        } catch (IOException e) {
            LOG.warn("files in {} cannot be deleted: {}", kept, e.toString());
        }
    }
}
