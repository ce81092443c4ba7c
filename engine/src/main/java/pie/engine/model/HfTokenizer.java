package pie.engine.model;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import pie.engine.PieException;

/** Encode with the Hugging Face tokenizers library; decode here, from the bytes of each token. */
final class HfTokenizer implements Tokenizer {
    /** Give the {@code tokenizer.json} text, with or without the special tokens among its added ones. */
    interface Description {
        String json(boolean withSpecials);
    }

    private final NativeTokenizer parsing;
    private final Lazy<NativeTokenizer> literal;
    private final byte[][] tokenBytes;
    private final BitSet special;
    private final Spellings spellings;
    private final String splitRegex;
    private final boolean dropsFirstSpace;

    HfTokenizer(
            Path file,
            Description description,
            byte[][] tokenBytes,
            BitSet special,
            String splitRegex,
            boolean dropsFirstSpace) {
        this.parsing = new NativeTokenizer(file, description.json(true));
        this.literal = new Lazy<>(() -> new NativeTokenizer(file, description.json(false)));
        this.tokenBytes = tokenBytes;
        this.special = special;
        this.spellings = new Spellings(special.stream()
                .mapToObj(id -> new String(tokenBytes[id], StandardCharsets.UTF_8))
                .toList());
        this.splitRegex = splitRegex;
        this.dropsFirstSpace = dropsFirstSpace;
    }

    @Override
    public int vocabSize() {
        return tokenBytes.length;
    }

    @Override
    public int[] encode(String text, boolean parseSpecial) {
        if (text.isEmpty()) {
            return new int[0];
        }
        String sound = withoutLoneSurrogates(text);
        return parseSpecial || !spellings.anyIn(sound)
                ? parsing.encode(sound)
                : literal.get().encode(sound);
    }

    @Override
    public String decode(int[] ids, boolean skipSpecial) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(ids.length * 4);
        for (int id : ids) {
            byte[] token = tokenBytes(id);
            if (!skipSpecial || !special.get(id)) {
                bytes.write(token, 0, token.length);
            }
        }
        String text = bytes.toString(StandardCharsets.UTF_8);
        return dropsFirstSpace && text.startsWith(" ") ? text.substring(1) : text;
    }

    @Override
    public byte[] tokenBytes(int id) {
        if (id < 0 || id >= tokenBytes.length) {
            throw PieException.invalid("token id " + id + " is outside the vocabulary of " + tokenBytes.length);
        }
        return tokenBytes[id];
    }

    @Override
    public boolean isSpecial(int id) {
        return id >= 0 && special.get(id);
    }

    @Override
    public List<Integer> specialTokens() {
        return special.stream().boxed().toList();
    }

    @Override
    public String splitRegex() {
        return splitRegex;
    }

    /** JNI would hand lone surrogates to the library as text that is no UTF-8. */
    private static String withoutLoneSurrogates(String text) {
        if (text.chars().noneMatch(c -> Character.isSurrogate((char) c))) {
            return text;
        }
        StringBuilder sound = new StringBuilder(text.length());
        text.codePoints()
                .map(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xfffd : c)
                .forEach(sound::appendCodePoint);
        return sound.toString();
    }
}
