package pie.engine.model;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import pie.engine.ErrorCode;
import pie.engine.PieException;

/** Read little-endian values of a mapped file one after the other; every read is checked against the file's end. */
final class ByteCursor {
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Path file;
    private final MemorySegment bytes;
    private long position;

    ByteCursor(Path file, MemorySegment bytes, long position) {
        this.file = file;
        this.bytes = bytes;
        this.position = position;
    }

    long position() {
        return position;
    }

    long remaining() {
        return bytes.byteSize() - position;
    }

    int u8(String what) {
        return Byte.toUnsignedInt(bytes.get(ValueLayout.JAVA_BYTE, take(1, what)));
    }

    short i16(String what) {
        return bytes.get(SHORT, take(2, what));
    }

    int i32(String what) {
        return bytes.get(INT, take(4, what));
    }

    long i64(String what) {
        return bytes.get(LONG, take(8, what));
    }

    /** Read a count of things that each take at least {@code minimumBytes} of the rest of the file. */
    long count(long minimumBytes, String what) {
        long count = i64(what);
        if (count < 0 || count > remaining() / minimumBytes) {
            throw broken(what + " is " + Long.toUnsignedString(count) + ", more than the file can hold", what);
        }
        return count;
    }

    /** Read a string with a 64-bit length before it. */
    String string(int maxBytes, String what) {
        long length = count(1, what);
        if (length > maxBytes) {
            throw broken(what + " has " + length + " bytes, the limit is " + maxBytes, what);
        }
        return new String(
                bytes.asSlice(take(length, what), length).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
    }

    void skip(long count, String what) {
        take(count, what);
    }

    private long take(long count, String what) {
        if (count < 0 || count > remaining()) {
            throw broken("the file ends inside " + what + ": it is truncated or damaged", what);
        }
        long at = position;
        position += count;
        return at;
    }

    PieException broken(String message, String what) {
        return new PieException(
                ErrorCode.INVALID_ARGUMENT,
                file.getFileName() + ": " + message,
                Map.of("file", file.toString(), "what", what, "offset", position));
    }
}
