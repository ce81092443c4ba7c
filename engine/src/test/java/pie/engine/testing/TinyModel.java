package pie.engine.testing;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import pie.engine.model.LoadedModel;
import pie.engine.model.ModelConfig;
import pie.engine.model.Tokenizer;
import pie.engine.model.Traits;

/** Describe a model of {@link #VOCAB} tokens for tests on the hash driver: id n spells the n-th letter, modulo 26. */
public final class TinyModel {
    public static final int VOCAB = 300;
    public static final int CONTEXT = 2048;

    private TinyModel() {}

    public static LoadedModel loaded() {
        ModelConfig config = new ModelConfig(
                "hash",
                1,
                1,
                1,
                1,
                1,
                1,
                VOCAB,
                CONTEXT,
                1e-5f,
                1e4f,
                1,
                false,
                null,
                true,
                false,
                -1,
                false,
                new int[] {2},
                Traits.PLAIN);
        return new LoadedModel("tiny", config, new Letters(), Optional.empty());
    }

    private static final class Letters implements Tokenizer {
        @Override
        public int vocabSize() {
            return VOCAB;
        }

        @Override
        public int[] encode(String text, boolean parseSpecial) {
            return text.chars().map(c -> c - 'a').toArray();
        }

        @Override
        public String decode(int[] ids, boolean skipSpecial) {
            StringBuilder text = new StringBuilder();
            for (int id : ids) {
                text.append(new String(tokenBytes(id), StandardCharsets.UTF_8));
            }
            return text.toString();
        }

        @Override
        public byte[] tokenBytes(int id) {
            return new byte[] {(byte) ('a' + id % 26)};
        }

        @Override
        public boolean isSpecial(int id) {
            return false;
        }

        @Override
        public List<Integer> specialTokens() {
            return List.of();
        }

        @Override
        public String splitRegex() {
            return "";
        }
    }
}
