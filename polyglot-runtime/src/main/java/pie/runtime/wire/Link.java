package pie.runtime.wire;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.runtime.replay.Datum;

/** Exchange messages over a pair of streams: the length in four bytes, the kind in one, name and value. Any thread sends, one receives. */
public final class Link {
    /** Bytes of the largest message: a file or body of 64 MiB goes in one. */
    static final int LARGEST = 65 << 20;

    private static final Message.Kind[] KINDS = Message.Kind.values();

    private final DataInputStream in;
    private final OutputStream out;

    public Link(InputStream in, OutputStream out) {
        this.in = new DataInputStream(new BufferedInputStream(in, 1 << 16));
        this.out = out;
    }

    /** @throws PieException LIMIT_EXCEEDED for a message that is too large */
    public void send(Message message) throws IOException {
        var body = new ByteArrayOutputStream(64);
        var data = new DataOutputStream(body);
        data.writeInt(0);
        data.writeByte(message.kind().ordinal());
        byte[] name = message.name().getBytes(StandardCharsets.UTF_8);
        data.writeByte(name.length);
        data.write(name);
        Datum.write(message.value(), data);
        byte[] bytes = body.toByteArray();
        int length = bytes.length - 4;
        if (length > LARGEST) {
            throw new PieException(
                    ErrorCode.LIMIT_EXCEEDED,
                    "a call to or from an isolated program carries at most " + LARGEST + " bytes, this one " + length,
                    Map.of("limit", "message", "bytes", LARGEST));
        }
        for (int i = 0; i < 4; i++) {
            bytes[i] = (byte) (length >>> 8 * (3 - i));
        }
        synchronized (out) {
            out.write(bytes);
            out.flush();
        }
    }

    /** @throws EOFException when the other side is gone; IOException for what is no message */
    public Message receive() throws IOException {
        int length = in.readInt();
        if (length < 2 || length > LARGEST) {
            throw new IOException("a message has " + length + " bytes");
        }
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException();
        }
        var data = new DataInputStream(new ByteArrayInputStream(bytes));
        int kind = data.readUnsignedByte();
        if (kind >= KINDS.length) {
            throw new IOException("no message is of kind " + kind);
        }
        String name = new String(data.readNBytes(data.readUnsignedByte()), StandardCharsets.UTF_8);
        return new Message(KINDS[kind], name, Datum.read(data));
    }
}
