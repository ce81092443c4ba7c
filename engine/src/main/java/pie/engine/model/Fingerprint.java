package pie.engine.model;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import pie.engine.Sha256;

/**
 * Digest a model fast: SHA-256 over each file's name and size and over checksums (CRC-32 and CRC-32C) of its whole header and
 * of {@value #SAMPLES} windows of {@value #WINDOW} bytes spread evenly over its tensor data, never of all of it. Checksums
 * because the JVM's interpreter computes them in machine code, but SHA-256 of a megabyte takes it half a second.
 *
 * <p>Two files that differ only between the windows share a fingerprint. That guards pages and snapshots against another
 * model, another quantisation or a new revision; it is no proof against someone who forges a file.
 */
final class Fingerprint {
    private static final int SAMPLES = 128;
    private static final int WINDOW = 4096;

    private static final long PIECE = 1 << 28;

    private final MessageDigest digest = Sha256.digest();

    /** Add a file whose tensor data begins at {@code dataOffset}. */
    Fingerprint add(String name, MemorySegment file, long dataOffset) {
        add(name, file.asSlice(0, dataOffset));
        long dataBytes = file.byteSize() - dataOffset;
        digest.update(longs(dataBytes));
        if (dataBytes <= (long) SAMPLES * WINDOW) {
            checksum(file.asSlice(dataOffset, dataBytes));
            return this;
        }
        for (int i = 0; i < SAMPLES; i++) {
            checksum(file.asSlice(dataOffset + (dataBytes - WINDOW) / (SAMPLES - 1) * i, WINDOW));
        }
        return this;
    }

    /** Add a file that is looked at whole. */
    Fingerprint add(String name, MemorySegment bytes) {
        byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
        digest.update(longs(utf8.length, bytes.byteSize()));
        digest.update(utf8);
        checksum(bytes);
        return this;
    }

    private void checksum(MemorySegment bytes) {
        CRC32 one = new CRC32();
        CRC32C other = new CRC32C();
        for (long at = 0; at < bytes.byteSize(); at += PIECE) {
            MemorySegment piece = bytes.asSlice(at, Math.min(PIECE, bytes.byteSize() - at));
            one.update(piece.asByteBuffer());
            other.update(piece.asByteBuffer());
        }
        digest.update(longs(one.getValue(), other.getValue()));
    }

    private static ByteBuffer longs(long... values) {
        ByteBuffer buffer = ByteBuffer.allocate(values.length * Long.BYTES);
        buffer.asLongBuffer().put(values);
        return buffer;
    }

    String hex() {
        return Sha256.hex(digest);
    }
}
