package pie.engine.model;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Map the printable characters of byte-level BPE vocabularies back to bytes.
 *
 * <p>Source: GPT-2's {@code bytes_to_unicode}: printable Latin-1 stands for itself, the other 68 bytes for U+0100 and on.
 */
final class ByteAlphabet {
    private static final short[] BYTES = new short[324];

    static {
        Arrays.fill(BYTES, (short) -1);
        int next = 256;
        for (int b = 0; b < 256; b++) {
            boolean printable = (b >= '!' && b <= '~') || (b >= 0xa1 && b <= 0xac) || b >= 0xae;
            BYTES[printable ? b : next++] = (short) b;
        }
    }

    private ByteAlphabet() {}

    /** Return the bytes that a token stands for; a token with any foreign character stands for its own UTF-8. */
    static byte[] decode(String token) {
        byte[] bytes = new byte[token.length()];
        for (int i = 0; i < bytes.length; i++) {
            char c = token.charAt(i);
            if (c >= BYTES.length || BYTES[c] < 0) {
                return token.getBytes(StandardCharsets.UTF_8);
            }
            bytes[i] = (byte) BYTES[c];
        }
        return bytes;
    }
}
