package pie.engine.model;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Digest a model fast: SHA-256 over each file's name, size, whole header and {@value #SAMPLES} windows of {@value #WINDOW}
 * bytes spread evenly over its tensor data, never over all of it.
 *
 * <p>Two files that differ only between the windows share a fingerprint. That guards pages and snapshots against another
 * model, another quantisation or a new revision; it is no proof against someone who forges a file.
 */
final class Fingerprint {
    private static final int SAMPLES = 128;
    private static final int WINDOW = 4096;

    private final MessageDigest digest;

    Fingerprint() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }

    Fingerprint add(String name, MemorySegment file, long dataOffset) {
        add(name, file.asSlice(0, dataOffset));
        long size = file.byteSize();
        long dataBytes = size - dataOffset;
        digest.update(ByteBuffer.allocate(8).putLong(size).flip());
        if (dataBytes <= (long) SAMPLES * WINDOW) {
            digest.update(file.asSlice(dataOffset, dataBytes).asByteBuffer());
            return this;
        }
        for (int i = 0; i < SAMPLES; i++) {
            long at = dataOffset + (dataBytes - WINDOW) / (SAMPLES - 1) * i;
            digest.update(file.asSlice(at, WINDOW).asByteBuffer());
        }
        return this;
    }

    Fingerprint add(String name, MemorySegment bytes) {
        byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
        digest.update(ByteBuffer.allocate(12)
                .putInt(utf8.length)
                .putLong(bytes.byteSize())
                .flip());
        digest.update(utf8);
        long step = 1 << 28;
        for (long at = 0; at < bytes.byteSize(); at += step) {
            digest.update(
                    bytes.asSlice(at, Math.min(step, bytes.byteSize() - at)).asByteBuffer());
        }
        return this;
    }

    String hex() {
        return HexFormat.of().formatHex(digest.digest());
    }
}
