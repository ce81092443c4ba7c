package pie.engine.snapshot;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import pie.engine.kv.PageKey;

/** Write and read page files: magic with version, model fingerprint, key, rows, payload, CRC-32C. */
final class PageFile {
    private static final long MAGIC = 0x7069_652e_6b76_0001L; // "pie.kv", 1

    private PageFile() {}

    static ByteBuffer[] encode(String model, PageKey key, int rows, ByteBuffer payload) {
        byte[] fingerprint = model.getBytes(StandardCharsets.UTF_8);
        ByteBuffer header = ByteBuffer.allocate(40 + fingerprint.length)
                .putLong(MAGIC)
                .putInt(fingerprint.length)
                .put(fingerprint)
                .putLong(key.high())
                .putLong(key.low())
                .putInt(rows)
                .putLong(payload.remaining())
                .flip();
        return new ByteBuffer[] {header, payload, Checksum.of(header, payload)};
    }

    /** Return the bytes of a page. @throws DamagedFileException unless the file is whole and holds just this page */
    static ByteBuffer decode(byte[] file, String model, PageKey key, int rows) throws DamagedFileException {
        ByteBuffer in = Checksum.checked(file, MAGIC);
        byte[] fingerprint = new byte[in.getInt()];
        in.get(fingerprint);
        boolean same = new String(fingerprint, StandardCharsets.UTF_8).equals(model)
                && in.getLong() == key.high()
                && in.getLong() == key.low()
                && in.getInt() == rows;
        if (!same || in.getLong() != in.remaining()) {
            throw new DamagedFileException("it holds another page");
        }
        return in.slice();
    }
}
