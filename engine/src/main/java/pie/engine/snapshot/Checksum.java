package pie.engine.snapshot;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** Put a CRC-32C at the end of files, and check it before anything else of a file is believed. */
final class Checksum {
    private static final int BYTES = 4;

    private Checksum() {}

    /** Return the checksum of buffers in a row, as the bytes that end a file. */
    static ByteBuffer of(ByteBuffer... content) {
        CRC32C crc = new CRC32C();
        for (ByteBuffer part : content) {
            crc.update(part.duplicate());
        }
        return ByteBuffer.allocate(BYTES).putInt((int) crc.getValue()).flip();
    }

    /** Return the content before the checksum. @throws DamagedFileException unless it holds */
    static ByteBuffer checked(byte[] file, long magic) throws DamagedFileException {
        if (file.length < Long.BYTES + BYTES) {
            throw new DamagedFileException("it has only " + file.length + " bytes");
        }
        ByteBuffer content = ByteBuffer.wrap(file, 0, file.length - BYTES).slice();
        int written = ByteBuffer.wrap(file).getInt(file.length - BYTES);
        if (of(content).getInt() != written) {
            throw new DamagedFileException("its checksum is wrong");
        }
        if (content.getLong() != magic) {
            throw new DamagedFileException("it is of another kind or version");
        }
        return content;
    }
}
