package pie.cpu.arch;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pie.cpu.kernel.PackedMatrix;
import pie.cpu.kernel.StripWriter;
import pie.cpu.kernel.WeightFormat;
import pie.engine.driver.WeightFolder;
import pie.engine.model.Dequantizer;
import pie.engine.model.IntegerWeights;
import pie.engine.model.KQuants;

/**
 * Keep packed weights on disk, so that the next start reads what this one worked out.
 *
 * <p>There is a file for each model and layout, little endian: {@value #MAGIC}, the length of the key (int), the key (UTF-8), then, in the
 * order of packing, each matrix: its bytes (long), their CRC-32C (long), and they themselves. A file is written aside and moved to its
 * place, and one that is damaged or of another key counts as absent. Whatever goes wrong with the disk costs only time.
 */
public final class WeightCache implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WeightCache.class);
    private static final long MAGIC = 0x31_4b_43_50_45_49_50L; // PIEPCK1
    private static final int RECORD = 2 * Long.BYTES;
    private static final long PIECE = 8 << 20;
    /** What decides where a weight lies: another version of it makes another layout. */
    private static final List<Class<?>> LAYOUT = List.of(
            StripWriter.class,
            PackedMatrix.class,
            WeightFormat.class,
            VectorPacker.class,
            Rounding.class,
            Piece.class,
            DecoderLoader.class,
            Dequantizer.class,
            IntegerWeights.class,
            KQuants.class);

    private final WeightFolder folder;
    private final Path file;
    private final byte[] key;
    private final List<MemorySegment> matrices = new ArrayList<>();
    private boolean packed;
    private @Nullable FileChannel in;
    private @Nullable Thread writer;
    private volatile boolean closed;

    /**
     * Look for what was kept.
     *
     * @param fingerprint of the model
     * @param layout all that decides, beside the model and this program, where a weight lies
     */
    public WeightCache(WeightFolder folder, String fingerprint, String layout) {
        this.folder = folder;
        String text = fingerprint + " " + layout + " code " + Long.toHexString(code());
        key = text.getBytes(StandardCharsets.UTF_8);
        file = folder.file(fingerprint, checksum(ByteBuffer.wrap(key)));
        in = open();
    }

    private static long code() {
        var sum = new CRC32C();
        for (Class<?> type : LAYOUT) {
            try (InputStream bytes = type.getResourceAsStream(type.getSimpleName() + ".class")) {
                if (bytes != null) {
                    sum.update(bytes.readAllBytes());
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return sum.getValue();
    }

    private static long checksum(ByteBuffer bytes) {
        var sum = new CRC32C();
        sum.update(bytes.duplicate());
        return sum.getValue();
    }

    private @Nullable FileChannel open() {
        if (!Files.isReadable(file)) {
            return null;
        }
        FileChannel channel = null;
        try {
            channel = FileChannel.open(file, StandardOpenOption.READ);
            ByteBuffer head = header();
            ByteBuffer found = ByteBuffer.allocate(head.remaining());
            if (readFully(channel, found) && found.flip().equals(head)) {
                return channel;
            }
            channel.close();
        } catch (IOException e) {
            LOG.warn("packed weights in " + file + " cannot be read", e);
        }
        return null;
    }

    private ByteBuffer header() {
        return ByteBuffer.allocate(Long.BYTES + Integer.BYTES + key.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(MAGIC)
                .putInt(key.length)
                .put(key)
                .flip();
    }

    private static boolean readFully(FileChannel in, ByteBuffer to) throws IOException {
        while (to.hasRemaining()) {
            if (in.read(to) < 0) {
                return false;
            }
        }
        return true;
    }

    /** Say whether the weights were kept, as far as is known. */
    boolean reads() {
        return in != null;
    }

    /** Say whether the weights of the next matrix were kept; then they are there now. If not, they must be {@link #pack packed}. */
    boolean fill(MemorySegment data) {
        if (in == null) {
            return false;
        }
        try {
            if (read(in, data)) {
                matrices.add(data);
                return true;
            }
            LOG.warn("packed weights in " + file + " are damaged: packing them again");
        } catch (IOException e) {
            LOG.warn("packed weights in " + file + " cannot be read: packing them again", e);
        }
        shut();
        return false;
    }

    private static boolean read(FileChannel in, MemorySegment data) throws IOException {
        ByteBuffer record = ByteBuffer.allocate(RECORD).order(ByteOrder.LITTLE_ENDIAN);
        if (!readFully(in, record) || record.flip().getLong() != data.byteSize()) {
            return false;
        }
        var sum = new CRC32C();
        for (long at = 0; at < data.byteSize(); at += PIECE) {
            ByteBuffer piece = piece(data, at);
            if (!readFully(in, piece)) {
                return false;
            }
            sum.update(piece.flip());
        }
        return sum.getValue() == record.getLong();
    }

    private static ByteBuffer piece(MemorySegment data, long at) {
        return data.asSlice(at, Math.min(PIECE, data.byteSize() - at)).asByteBuffer();
    }

    /** Note a matrix that was packed; its bytes do not change any more. */
    void pack(MemorySegment data) {
        matrices.add(data);
        packed = true;
    }

    /** Keep all matrices, in the background, unless they came from the file. */
    void keep() {
        if (!packed) {
            touch();
            return;
        }
        shut();
        long bytes = header().remaining();
        for (MemorySegment m : matrices) {
            bytes += RECORD + m.byteSize();
        }
        if (folder.makeRoom(file, bytes)) {
            writer = Thread.ofPlatform().name("pie-weight-cache").daemon().start(this::write);
        }
    }

    private void touch() {
        if (in == null) {
            return;
        }
        shut();
        try {
            Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
        } catch (IOException e) {
            LOG.debug("the time of " + file + " cannot be set", e);
        }
    }

    private void write() {
        Path aside = file.resolveSibling(
                file.getFileName() + "." + ProcessHandle.current().pid() + WeightFolder.UNFINISHED);
        try {
            if (write(aside)) {
                Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException e) {
            LOG.warn("packed weights cannot be kept in " + file + ": the next start packs them again", e);
        } finally {
            try {
                Files.deleteIfExists(aside);
            } catch (IOException e) {
                LOG.warn("cannot delete " + aside, e);
            }
        }
    }

    private boolean write(Path aside) throws IOException {
        try (FileChannel out = FileChannel.open(
                aside, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            writeFully(out, header());
            for (MemorySegment m : matrices) {
                var sum = new CRC32C();
                for (long at = 0; at < m.byteSize() && !closed; at += PIECE) {
                    sum.update(piece(m, at));
                }
                ByteBuffer record = ByteBuffer.allocate(RECORD).order(ByteOrder.LITTLE_ENDIAN);
                writeFully(
                        out,
                        record.putLong(m.byteSize()).putLong(sum.getValue()).flip());
                for (long at = 0; at < m.byteSize(); at += PIECE) {
                    if (closed) {
                        return false;
                    }
                    writeFully(out, piece(m, at));
                }
            }
        }
        return true;
    }

    private static void writeFully(FileChannel out, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            out.write(bytes);
        }
    }

    private void shut() {
        try {
            if (in != null) {
                in.close();
            }
        } catch (IOException e) {
            LOG.debug("cannot close " + file, e);
        }
        in = null;
    }

    /** Stop writing; what is not whole is not kept. After that the matrices are not read any more. */
    @Override
    public void close() {
        closed = true;
        shut();
        boolean interrupted = false;
        while (writer != null) {
            try {
                writer.join();
                writer = null;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
