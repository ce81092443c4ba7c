package pie.server.ws;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.runtime.files.SessionFiles;

/** Join the chunks of files on their way to processes, on disk. Used by the connection's reader, and closed when that has ended. */
final class Transfers implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Transfers.class);
    private static final long MOST_BYTES = SessionFiles.Limits.DEFAULT.file();

    /** Carry a whole file, which is deleted when this is closed. */
    record Whole(String name, String hash, Path content) implements AutoCloseable {
        InputStream read() throws IOException {
            return Files.newInputStream(content);
        }

        @Override
        public void close() {
            delete(content);
        }
    }

    private record Key(String process, String hash) {}

    /** Hold what has come of a file. */
    private static final class Part {
        final Path file;
        final OutputStream out;
        long size;

        Part() throws IOException {
            file = Files.createTempFile("pie-transfer-", "");
            out = Files.newOutputStream(file);
        }

        void giveUp() {
            try {
                out.close();
            } catch (IOException e) {
                LOG.warn("{} cannot be closed: {}", file, e.toString());
            }
            delete(file);
        }
    }

    private final Map<Key, Part> open = new HashMap<>();

    private final WsLimits limits;

    Transfers(WsLimits limits) {
        this.limits = limits;
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.warn("{} cannot be deleted: {}", file, e.toString());
        }
    }

    /**
     * Take a chunk; empty until the last is there.
     *
     * @throws Fields.Refused for one that is wrong, which ends the transfer
     * @throws PieException STORAGE_FULL
     */
    synchronized Optional<Whole> take(Fields message) {
        var key = new Key(message.text("process_id"), message.text("file_hash"));
        int index = message.count("chunk_index", Integer.MAX_VALUE);
        int total = message.count("total_chunks", Integer.MAX_VALUE);
        byte[] data = message.bytes("chunk_data");
        Part part = open.remove(key);
        if (part != null && (index == 0 || part.size != (long) index * Chunks.SIZE)) {
            part.giveUp();
            part = null;
        }
        if (part == null && index > 0) {
            throw new Fields.Refused("a chunk of file " + key.hash() + " is out of order");
        }
        try {
            return take(message, key, data, index + 1 == total, part == null ? begun() : part);
        } catch (IOException e) {
            throw new PieException(ErrorCode.STORAGE_FULL, "a file cannot be kept: " + e.getMessage(), Map.of(), e);
        }
    }

    private Part begun() throws IOException {
        if (open.size() >= limits.uploads()) {
            throw new Fields.Refused(limits.uploads() + " files are on their way already");
        }
        return new Part();
    }

    private Optional<Whole> take(Fields message, Key key, byte[] data, boolean last, Part part) throws IOException {
        if (part.size + data.length > MOST_BYTES) {
            part.giveUp();
            throw new Fields.Refused("file " + key.hash() + " is larger than " + MOST_BYTES + " bytes");
        }
        part.out.write(data);
        part.size += data.length;
        if (!last) {
            open.put(key, part);
            return Optional.empty();
        }
        part.out.close();
        return Optional.of(new Whole(message.optionalText("name").orElse(""), key.hash(), part.file));
    }

    /** Give up what is not whole. */
    @Override
    public synchronized void close() {
        open.values().forEach(Part::giveUp);
        open.clear();
    }
}
