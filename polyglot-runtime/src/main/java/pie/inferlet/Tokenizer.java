package pie.inferlet;

import java.util.List;
import pie.engine.Engine;
import pie.engine.PieException;

/** Turn text into token ids and back. */
public final class Tokenizer {
    private final pie.engine.model.Tokenizer tokenizer;

    private final Engine engine;

    Tokenizer(Engine engine) {
        this.engine = engine;
        this.tokenizer = engine.model().tokenizer();
    }

    Engine engine() {
        return engine;
    }

    /** Return ids, spellings of special tokens recognised; no BOS is added. */
    public int[] encode(String text) {
        return encode(text, true);
    }

    public int[] encode(String text, boolean parseSpecial) {
        return tokenizer.encode(text, parseSpecial);
    }

    public String decode(int[] ids) {
        return decode(ids, false);
    }

    /** Return text; invalid UTF-8 becomes U+FFFD. */
    public String decode(int[] ids, boolean skipSpecial) {
        check(ids);
        return tokenizer.decode(ids, skipSpecial);
    }

    /** Return the raw bytes of one token. */
    public byte[] tokenBytes(int id) {
        check(new int[] {id});
        return tokenizer.tokenBytes(id).clone();
    }

    /** Return all ids and their bytes, ids ascending. */
    public Vocabulary vocabs() {
        int n = tokenizer.vocabSize();
        var ids = new int[n];
        var bytes = new byte[n][];
        for (int i = 0; i < n; i++) {
            ids[i] = i;
            bytes[i] = tokenizer.tokenBytes(i).clone();
        }
        return new Vocabulary(ids, bytes);
    }

    public Vocabulary specialTokens() {
        List<Integer> special = tokenizer.specialTokens();
        var ids = new int[special.size()];
        var bytes = new byte[ids.length][];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = special.get(i);
            bytes[i] = tokenizer.tokenBytes(ids[i]).clone();
        }
        return new Vocabulary(ids, bytes);
    }

    /** Return the pre-tokenizer pattern, "" if none. */
    public String splitRegex() {
        return tokenizer.splitRegex();
    }

    private void check(int[] ids) {
        for (int id : ids) {
            if (id < 0 || id >= tokenizer.vocabSize()) {
                throw PieException.invalid("ids: token id " + id + " is outside 0.." + (tokenizer.vocabSize() - 1));
            }
        }
    }

    /** Pair ids with the bytes of their tokens. */
    public record Vocabulary(int[] ids, byte[][] bytes) {}
}
