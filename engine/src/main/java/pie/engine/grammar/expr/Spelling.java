package pie.engine.grammar.expr;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Turn ranges of code points into sequences of byte ranges. */
public enum Spelling {
    /** The symbols are bytes already. */
    BYTES,
    /** UTF-8. */
    PLAIN,
    /** UTF-8 inside a JSON string: quotes, backslashes and control characters escaped in their usual form, all else as it is. */
    JSON;

    private static final String SHORT = "bfnrt";
    private static final String SHORT_OF = "\b\f\n\r\t";
    private static final int[] LIMITS = {0x7f, 0x7ff, 0xffff, CodePoints.LAST};

    /** Return sequences of byte ranges (low, high, low, high …) that together spell the symbols of the inclusive range. */
    public List<int[]> spell(int low, int high) {
        List<int[]> sequences = new ArrayList<>();
        if (this == BYTES) {
            sequences.add(new int[] {low, high});
            return sequences;
        }
        if (this == PLAIN) {
            utf8(low, high, sequences);
            return sequences;
        }
        int plain = low;
        for (int c = low; c <= Math.min(high, '\\'); c++) {
            if (c < 0x20 || c == '"' || c == '\\') {
                utf8(plain, c - 1, sequences);
                escape(c, sequences);
                plain = c + 1;
            }
        }
        utf8(plain, high, sequences);
        return sequences;
    }

    private static void escape(int c, List<int[]> into) {
        int shortForm = c >= 0x20 ? c : SHORT_OF.indexOf(c) >= 0 ? SHORT.charAt(SHORT_OF.indexOf(c)) : -1;
        if (shortForm >= 0) {
            into.add(new int[] {'\\', '\\', shortForm, shortForm});
            return;
        }
        int last = Character.forDigit(c & 15, 16);
        into.add(new int[] {'\\', '\\', 'u', 'u', '0', '0', '0', '0', '0' + (c >> 4), '0' + (c >> 4), last, last});
        if (last >= 'a') {
            int[] upper = into.getLast().clone();
            upper[10] = last - 'a' + 'A';
            upper[11] = upper[10];
            into.add(upper);
        }
    }

    /** Splits the range until first and last value of a piece differ only in whole trailing bytes. */
    private static void utf8(int low, int high, List<int[]> into) {
        if (low > high) {
            return;
        }
        if (low <= 0xdfff && high >= 0xd800) {
            utf8(low, 0xd7ff, into);
            utf8(0xe000, high, into);
            return;
        }
        for (int limit : LIMITS) {
            if (low <= limit && limit < high) {
                utf8(low, limit, into);
                utf8(limit + 1, high, into);
                return;
            }
        }
        for (int bits = 6; bits <= 18 && high > 0x7f; bits += 6) {
            int mask = (1 << bits) - 1;
            if ((low & ~mask) != (high & ~mask)) {
                if ((low & mask) != 0) {
                    utf8(low, low | mask, into);
                    utf8((low | mask) + 1, high, into);
                    return;
                }
                if ((high & mask) != mask) {
                    utf8(low, (high & ~mask) - 1, into);
                    utf8(high & ~mask, high, into);
                    return;
                }
            }
        }
        byte[] first = bytes(low);
        byte[] last = bytes(high);
        int[] sequence = new int[2 * first.length];
        for (int i = 0; i < first.length; i++) {
            sequence[2 * i] = first[i] & 0xff;
            sequence[2 * i + 1] = last[i] & 0xff;
        }
        into.add(sequence);
    }

    private static byte[] bytes(int codePoint) {
        return Character.toString(codePoint).getBytes(StandardCharsets.UTF_8);
    }
}
