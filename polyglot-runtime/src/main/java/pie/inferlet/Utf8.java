package pie.inferlet;

import pie.engine.PieException;

/** Find where characters end in UTF-8. */
public final class Utf8 {
    private Utf8() {}

    /** Return the length of the longest prefix that ends with no character that more bytes could complete. */
    public static int complete(byte[] bytes, int length) {
        if (length < 0 || length > bytes.length) {
            throw PieException.invalid("length must be in 0.." + bytes.length + ", got " + length);
        }
        for (int back = 1; back <= Math.min(3, length); back++) {
            int b = bytes[length - back] & 0xff;
            if (b < 0x80) {
                return length;
            }
            if (b >= 0xc0) {
                int needed = b >= 0xf0 ? 4 : b >= 0xe0 ? 3 : 2;
                return needed > back && b < 0xf5 ? length - back : length;
            }
        }
        return length;
    }
}
