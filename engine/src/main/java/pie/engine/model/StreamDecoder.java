package pie.engine.model;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Turn token ids that arrive one by one into text, never cutting a character: bytes of an unfinished UTF-8 sequence are held
 * back until later tokens finish it. What it gives, joined, is the text of all tokens as a continuation of earlier text; a
 * leading space of the first token stays, unlike in {@link Tokenizer#decode}.
 *
 * <p>Not safe for use from several threads.
 */
public final class StreamDecoder {
    private final Tokenizer tokenizer;
    private final boolean skipSpecial;
    private byte[] held = new byte[0];

    /** @param skipSpecial leave special tokens out of the text */
    public StreamDecoder(Tokenizer tokenizer, boolean skipSpecial) {
        this.tokenizer = tokenizer;
        this.skipSpecial = skipSpecial;
    }

    /** Take one token and return the text that is certain now; often "", if a character is unfinished. */
    public String feed(int id) {
        if (skipSpecial && tokenizer.isSpecial(id)) {
            return "";
        }
        byte[] token = tokenizer.tokenBytes(id);
        byte[] bytes = token;
        if (held.length > 0) {
            bytes = Arrays.copyOf(held, held.length + token.length);
            System.arraycopy(token, 0, bytes, held.length, token.length);
        }
        int stable = bytes.length - unfinished(bytes);
        held = Arrays.copyOfRange(bytes, stable, bytes.length);
        return new String(bytes, 0, stable, StandardCharsets.UTF_8);
    }

    public String feed(int[] ids) {
        StringBuilder text = new StringBuilder();
        for (int id : ids) {
            text.append(feed(id));
        }
        return text.toString();
    }

    /** Return how many bytes of an unfinished character are held back, 0 to 3. */
    public int heldBytes() {
        return held.length;
    }

    /** End the text: what is held back becomes U+FFFD. The decoder may then take another text. */
    public String finish() {
        String rest = new String(held, StandardCharsets.UTF_8);
        held = new byte[0];
        return rest;
    }

    /** Return the length of the sequence at the end that is well-formed so far and wants more bytes. */
    private static int unfinished(byte[] bytes) {
        for (int back = 1; back <= Math.min(3, bytes.length); back++) {
            int lead = bytes[bytes.length - back] & 0xff;
            if (lead < 0x80) {
                return 0;
            }
            if (lead >= 0xc0) {
                boolean wantsMore = back < sequenceLength(lead);
                return wantsMore && (back == 1 || secondFits(lead, bytes[bytes.length - back + 1] & 0xff)) ? back : 0;
            }
        }
        return 0;
    }

    private static int sequenceLength(int lead) {
        if (lead < 0xc2 || lead > 0xf4) {
            return 1;
        }
        return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    }

    /**
     * Say whether Java's decoder waits for more after two bytes: overlong forms and values past U+10FFFF fail at byte two,
     * surrogates only at byte three.
     */
    private static boolean secondFits(int lead, int second) {
        return switch (lead) {
            case 0xe0 -> second >= 0xa0;
            case 0xf0 -> second >= 0x90;
            case 0xf4 -> second <= 0x8f;
            default -> true;
        };
    }
}
