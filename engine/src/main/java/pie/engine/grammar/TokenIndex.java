package pie.engine.grammar;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import pie.engine.PieException;
import pie.engine.model.Tokenizer;

/**
 * Prepare a tokenizer's vocabulary for matching. Built once per tokenizer; safe for use from several threads.
 *
 * <p>Special tokens, tokens without bytes and stop tokens are no text: they are in no trie. <i>Plain</i> tokens consist of whole
 * characters that a JSON string may hold unescaped; where a grammar reads any of them alike, they need no walk.
 */
public final class TokenIndex {
    private static final int SHARED_RULES = 256;

    private final int vocabSize;
    private final byte[][] bytes;
    private final int[] stopIds;
    private final TokenTrie all;
    private final TokenTrie notPlain;
    private final int longest;

    /** By number of characters: plain tokens of at most so many. */
    private final long[][] plainUpTo;

    private final Map<RuleCode, StateMasks> shared = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<RuleCode, StateMasks> eldest) {
            return size() > SHARED_RULES;
        }
    };

    /** @param stopIds tokens that end a text; each may be special or not */
    public TokenIndex(Tokenizer tokenizer, int[] stopIds) {
        this.vocabSize = tokenizer.vocabSize();
        this.bytes = new byte[vocabSize][];
        Set<Integer> stops = new TreeSet<>();
        for (int id : stopIds) {
            if (id < 0 || id >= vocabSize) {
                throw PieException.invalid("stop id " + id + " is outside the vocabulary of " + vocabSize);
            }
            stops.add(id);
        }
        this.stopIds = stops.stream().mapToInt(Integer::intValue).toArray();
        List<Integer> text = new ArrayList<>();
        List<Integer> odd = new ArrayList<>();
        int[] characters = new int[vocabSize];
        int most = 0;
        int longestToken = 0;
        for (int id = 0; id < vocabSize; id++) {
            bytes[id] = tokenizer.tokenBytes(id);
            characters[id] = -1;
            if (tokenizer.isSpecial(id) || bytes[id].length == 0 || stops.contains(id)) {
                bytes[id] = new byte[0];
                continue;
            }
            text.add(id);
            longestToken = Math.max(longestToken, bytes[id].length);
            characters[id] = plainCharacters(bytes[id]);
            most = Math.max(most, characters[id]);
            if (characters[id] < 0) {
                odd.add(id);
            }
        }
        this.longest = Math.min(longestToken, (1 << 14) - 1);
        this.all = new TokenTrie(text.stream().mapToInt(Integer::intValue).toArray(), bytes);
        this.notPlain = new TokenTrie(odd.stream().mapToInt(Integer::intValue).toArray(), bytes);
        this.plainUpTo = new long[most + 1][words()];
        for (int id = 0; id < vocabSize; id++) {
            for (int n = Math.max(0, characters[id]); characters[id] >= 0 && n <= most; n++) {
                plainUpTo[n][id >> 6] |= 1L << id;
            }
        }
    }

    /** Returns how many whole characters the bytes are, -1 if some are cut or need an escape in a JSON string. */
    private static int plainCharacters(byte[] text) {
        int characters = 0;
        for (int i = 0; i < text.length; characters++) {
            int b = text[i] & 0xff;
            if (b < 0x20 || b == '"' || b == '\\') {
                return -1;
            }
            int length = b < 0x80 ? 1 : b < 0xc2 ? 0 : b < 0xe0 ? 2 : b < 0xf0 ? 3 : b < 0xf5 ? 4 : 0;
            if (length == 0 || i + length > text.length || !continues(text, i, length)) {
                return -1;
            }
            i += length;
        }
        return characters;
    }

    private static boolean continues(byte[] text, int at, int length) {
        for (int k = 1; k < length; k++) {
            if ((text[at + k] & 0xc0) != 0x80) {
                return false;
            }
        }
        if (length < 3) {
            return true;
        }
        int first = text[at] & 0xff;
        int second = text[at + 1] & 0xff;
        return switch (first) {
            case 0xe0 -> second >= 0xa0;
            case 0xed -> second < 0xa0;
            case 0xf0 -> second >= 0x90;
            case 0xf4 -> second < 0x90;
            default -> true;
        };
    }

    public int vocabSize() {
        return vocabSize;
    }

    /** Return the length of a mask in 64-bit words; bit {@code id & 63} of word {@code id >> 6} stands for a token. */
    public int words() {
        return (vocabSize + 63) >> 6;
    }

    /** Take the stop tokens out of a mask. */
    public void clearStops(long[] mask) {
        for (int stop : stopIds) {
            mask[stop >> 6] &= ~(1L << stop);
        }
    }

    /** Returns a token's bytes, none for tokens that are no text. */
    byte[] bytes(int id) {
        return bytes[id];
    }

    int[] stopIds() {
        return stopIds;
    }

    boolean isStop(int id) {
        return Arrays.binarySearch(stopIds, id) >= 0;
    }

    TokenTrie all() {
        return all;
    }

    TokenTrie notPlain() {
        return notPlain;
    }

    /** Returns how far a token can reach: states that differ only beyond it have equal masks. */
    int horizon() {
        return longest + 1;
    }

    /** Returns the plain tokens of at most so many characters; not to be changed. */
    long[] plainUpTo(int characters) {
        return plainUpTo[Math.min(characters, plainUpTo.length - 1)];
    }

    /** Returns the masks of a rule that calls no other, shared by all grammars with an equal one. */
    StateMasks sharedMasks(RuleCode code) {
        synchronized (shared) {
            return shared.computeIfAbsent(code, c -> new StateMasks());
        }
    }
}
