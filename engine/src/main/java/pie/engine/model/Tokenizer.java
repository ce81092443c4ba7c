package pie.engine.model;

import java.util.List;

/** Turn text into token ids and back. Safe for use from several threads. */
public interface Tokenizer {
    int vocabSize();

    /** Return ids without adding BOS; spellings of special tokens are recognised if {@code parseSpecial}. */
    int[] encode(String text, boolean parseSpecial);

    /** Return text; invalid UTF-8 becomes U+FFFD; special tokens are left out if {@code skipSpecial}. */
    String decode(int[] ids, boolean skipSpecial);

    /** Return the raw bytes of one token as they appear in text; special tokens give their spelling. Do not change the array. */
    byte[] tokenBytes(int id);

    boolean isSpecial(int id);

    /** Return special token ids, ascending. */
    List<Integer> specialTokens();

    /** Return the pre-tokenizer pattern, "" if none. */
    String splitRegex();
}
