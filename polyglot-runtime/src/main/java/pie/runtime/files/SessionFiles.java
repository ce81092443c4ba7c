package pie.runtime.files;

import java.io.IOException;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.commons.codec.binary.Hex;
import org.apache.commons.codec.digest.Blake3;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.event.SessionFile;
import pie.engine.process.ProcessId;

/** Keep the files that one process and its client send to each other, in a folder that is made for the first. */
public final class SessionFiles {
    /** Most bytes of one file. */
    public static final int MOST_BYTES = 64 << 20;

    private static final Logger LOG = LoggerFactory.getLogger(SessionFiles.class);
    private static final long MOST_ALL = 256L << 20;
    private static final int MOST_FILES = 64;
    private static final int MOST_NAME = 255;

    private final ProcessId process;
    private final List<SessionFile> files = new ArrayList<>();
    private @Nullable Path folder;
    private long size;

    public SessionFiles(ProcessId process) {
        this.process = process;
    }

    /** @throws PieException PAYLOAD_TOO_LARGE, RATE_LIMITED beyond the limits of one process, STORAGE_FULL */
    public synchronized SessionFile keep(String name, byte[] content, boolean sent) {
        if (content.length > MOST_BYTES) {
            throw new PieException(
                    ErrorCode.PAYLOAD_TOO_LARGE,
                    "a file has " + content.length + " bytes, more than " + MOST_BYTES,
                    Map.of("limit", MOST_BYTES, "size", content.length));
        }
        if (files.size() >= MOST_FILES || size + content.length > MOST_ALL) {
            throw new PieException(
                    sent ? ErrorCode.BUDGET_EXHAUSTED : ErrorCode.RATE_LIMITED,
                    "the files of a process are at most " + MOST_FILES + " and " + MOST_ALL + " bytes together",
                    Map.of("budget", "files", "scope", "process", "limit", MOST_FILES, "used", files.size()));
        }
        String hash = Hex.encodeHexString(Blake3.hash(content));
        try {
            Files.write(folder().resolve(hash), content);
        } catch (IOException e) {
            throw new PieException(ErrorCode.STORAGE_FULL, "a file cannot be kept: " + e.getMessage(), Map.of(), e);
        }
        String plain = plain(name);
        String type = plain.isEmpty() ? null : URLConnection.guessContentTypeFromName(plain);
        var file = new SessionFile(
                plain, hash, content.length, type == null ? "application/octet-stream" : type, sent, Instant.now());
        files.add(file);
        size += content.length;
        return file;
    }

    private Path folder() throws IOException {
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

    /** @throws PieException NOT_FOUND */
    public synchronized byte[] content(String hash) {
        Path kept = folder;
        if (kept != null && files.stream().anyMatch(file -> file.hash().equals(hash))) {
            try {
                return Files.readAllBytes(kept.resolve(hash));
            } catch (IOException e) {
                throw new PieException(ErrorCode.NOT_FOUND, "file " + hash + " is gone", Map.of("kind", "file"), e);
            }
        }
        throw new PieException(
                ErrorCode.NOT_FOUND, "process " + process + " has no file " + hash, Map.of("kind", "file"));
    }

    /** Delete all of them. */
    public synchronized void forget() {
        Path kept = folder;
        folder = null;
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
