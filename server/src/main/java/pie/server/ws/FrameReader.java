package pie.server.ws;

import io.helidon.common.buffers.DataReader;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Read frames as RFC 6455 has them, join fragments, and refuse what it forbids. */
final class FrameReader {
    private static final int CONTINUATION = 0;
    private static final int TEXT = 1;
    private static final int BINARY = 2;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;
    private static final int CONTROL_MAX = 125;

    private record Frame(boolean last, int opcode, byte[] payload) {}

    private final DataReader in;
    private final int limit;
    private final ByteArrayOutputStream parts = new ByteArrayOutputStream();
    private int fragmented = -1;

    /** @param limit bytes of one message */
    FrameReader(DataReader in, int limit) {
        this.in = in;
        this.limit = limit;
    }

    /** Return the next message or control frame. @throws WsClose for what ends the connection */
    Incoming next() {
        while (true) {
            Frame frame = frame();
            switch (frame.opcode()) {
                case PING -> {
                    return new Incoming.Ping(frame.payload());
                }
                case PONG -> {
                    return new Incoming.Pong();
                }
                case CLOSE -> {
                    return new Incoming.Close(code(frame.payload()));
                }
                case TEXT, BINARY -> {
                    if (fragmented >= 0) {
                        throw new WsClose(WsClose.PROTOCOL_ERROR, "a message began within another");
                    }
                    if (frame.last()) {
                        return message(frame.opcode(), frame.payload());
                    }
                    fragmented = frame.opcode();
                    parts.reset();
                    parts.writeBytes(frame.payload());
                }
                case CONTINUATION -> {
                    if (fragmented < 0) {
                        throw new WsClose(WsClose.PROTOCOL_ERROR, "a continuation without a beginning");
                    }
                    parts.writeBytes(frame.payload());
                    if (frame.last()) {
                        int opcode = fragmented;
                        fragmented = -1;
                        return message(opcode, parts.toByteArray());
                    }
                }
                default -> throw new WsClose(WsClose.PROTOCOL_ERROR, "unknown opcode " + frame.opcode());
            }
        }
    }

    private Frame frame() {
        int first = in.read() & 0xff;
        int second = in.read() & 0xff;
        int opcode = first & 0xf;
        if ((first & 0x70) != 0) {
            throw new WsClose(WsClose.PROTOCOL_ERROR, "reserved bits are set, and no extension was agreed on");
        }
        if ((second & 0x80) == 0) {
            throw new WsClose(WsClose.PROTOCOL_ERROR, "a client's frame must be masked");
        }
        boolean last = (first & 0x80) != 0;
        long length = length(second & 0x7f);
        if (opcode >= CLOSE && (length > CONTROL_MAX || !last)) {
            throw new WsClose(WsClose.PROTOCOL_ERROR, "a control frame is too long or in parts");
        }
        if (length < 0 || length + (fragmented >= 0 ? parts.size() : 0) > limit) {
            throw new WsClose(WsClose.TOO_BIG, "a message has more than " + limit + " bytes");
        }
        byte[] mask = in.readBytes(4);
        byte[] payload = in.readBytes((int) length);
        for (int i = 0; i < payload.length; i++) {
            payload[i] ^= mask[i & 3];
        }
        return new Frame(last, opcode, payload);
    }

    private long length(int small) {
        if (small < 126) {
            return small;
        }
        long length = 0;
        for (int i = small == 126 ? 2 : 8; i > 0; i--) {
            length = length << 8 | (in.read() & 0xff);
        }
        return length;
    }

    private static int code(byte[] payload) {
        return payload.length < 2 ? WsClose.NORMAL : (payload[0] & 0xff) << 8 | (payload[1] & 0xff);
    }

    private static Incoming message(int opcode, byte[] payload) {
        if (opcode == BINARY) {
            return new Incoming.Binary(payload);
        }
        try {
            return new Incoming.Text(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(payload))
                    .toString());
        } catch (CharacterCodingException e) {
            throw new WsClose(WsClose.BAD_DATA, "a text frame is not UTF-8");
        }
    }
}
