package pie.engine.grammar;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import pie.engine.model.Models;
import pie.engine.model.Tokenizer;
import pie.engine.testing.TestModel;

/** Give tests vocabularies to match with. */
final class Vocabularies {
    static final int STOP = 256;
    static final int SPECIAL = 257;

    private static final TokenIndex REAL = real();
    private static final TokenIndex SMALL = new TokenIndex(new SmallTokenizer(), new int[] {STOP});

    private Vocabularies() {}

    /** The default model's, its stop id 2. */
    static TokenIndex defaultModel() {
        return REAL;
    }

    /** All single bytes, a stop token, a special one, and some hundred of a few bytes. */
    static TokenIndex small() {
        return SMALL;
    }

    static GrammarCompiler compiler(TokenIndex index) {
        return new GrammarCompiler(index, GrammarLimits.DEFAULT, System::nanoTime);
    }

    /** Accept a text byte by byte over the small vocabulary. Returns whether all of it was accepted. */
    static boolean accept(Matcher matcher, String text) {
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            if (!matcher.accept(b & 0xff)) {
                return false;
            }
        }
        return true;
    }

    /** Return whether the whole text is one of the grammar's, over the small vocabulary. */
    static boolean matches(Grammar grammar, String text) {
        Matcher matcher = new Matcher(grammar);
        return accept(matcher, text) && matcher.canEnd();
    }

    private static TokenIndex real() {
        try (var files = Models.open(TestModel.path())) {
            return new TokenIndex(files.tokenizer(), new int[] {2});
        }
    }

    private static final class SmallTokenizer implements Tokenizer {
        private final List<byte[]> tokens = new ArrayList<>();

        SmallTokenizer() {
            for (int b = 0; b < 256; b++) {
                tokens.add(new byte[] {(byte) b});
            }
            tokens.add("<|end|>".getBytes(StandardCharsets.UTF_8));
            tokens.add("<|special|>".getBytes(StandardCharsets.UTF_8));
            tokens.add(new byte[0]);
            tokens.add("a".getBytes(StandardCharsets.UTF_8));
            String[] parts = {
                "a", "b", "ab", "é", "日", "😀", "\"", "\\", "n", "u00", "{", "}", "[", "]", ",", ":", " ", "  ", "\n",
                "\t", "0", "1", "-", ".", "e", "true", "null", "key", "name", "\",\"", "\":", "\": ", "},", "\"}",
                "x\"", "\\\"", "2024", "12"
            };
            Random random = new Random(7);
            for (int i = 0; i < 600; i++) {
                StringBuilder text = new StringBuilder();
                for (int k = 1 + random.nextInt(4); k > 0; k--) {
                    text.append(parts[random.nextInt(parts.length)]);
                }
                tokens.add(text.toString().getBytes(StandardCharsets.UTF_8));
            }
            byte[] face = "😀".getBytes(StandardCharsets.UTF_8);
            for (int cut = 1; cut < 4; cut++) {
                tokens.add(Arrays.copyOf(face, cut));
                tokens.add(Arrays.copyOfRange(face, cut, 4));
            }
        }

        @Override
        public int vocabSize() {
            return tokens.size();
        }

        @Override
        public int[] encode(String text, boolean parseSpecial) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            int[] ids = new int[bytes.length];
            for (int i = 0; i < ids.length; i++) {
                ids[i] = bytes[i] & 0xff;
            }
            return ids;
        }

        @Override
        public String decode(int[] ids, boolean skipSpecial) {
            StringBuilder text = new StringBuilder();
            for (int id : ids) {
                text.append(new String(tokens.get(id), StandardCharsets.UTF_8));
            }
            return text.toString();
        }

        @Override
        public byte[] tokenBytes(int id) {
            return tokens.get(id);
        }

        @Override
        public boolean isSpecial(int id) {
            return id == STOP || id == SPECIAL;
        }

        @Override
        public List<Integer> specialTokens() {
            return List.of(STOP, SPECIAL);
        }

        @Override
        public String splitRegex() {
            return "";
        }
    }
}
