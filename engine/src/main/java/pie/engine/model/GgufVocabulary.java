package pie.engine.model;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** Turn the vocabulary of a GGUF file into a {@code tokenizer.json} in memory. */
final class GgufVocabulary {
    static final int UNKNOWN = 2;
    static final int CONTROL = 3;
    static final int USER_DEFINED = 4;
    static final int UNUSED = 5;

    private static final String MODEL = "tokenizer.ggml.model";
    private static final String PRE = "tokenizer.ggml.pre";
    private static final String TOKENS = "tokenizer.ggml.tokens";
    private static final String TYPES = "tokenizer.ggml.token_type";
    private static final String SCORES = "tokenizer.ggml.scores";
    private static final String MERGES = "tokenizer.ggml.merges";

    private final GgufMetadata metadata;
    private final String[] tokens;
    private final int[] types;
    private final boolean sentencePiece;

    private GgufVocabulary(GgufMetadata metadata) {
        this.metadata = metadata;
        this.tokens = metadata.texts(TOKENS);
        if (tokens.length == 0) {
            throw metadata.broken(TOKENS, "is missing or empty: the file has no tokenizer");
        }
        int[] stored = metadata.ints(TYPES);
        if (stored.length != 0 && stored.length != tokens.length) {
            throw metadata.broken(TYPES, "has " + stored.length + " entries for " + tokens.length + " tokens");
        }
        this.types = stored.length == 0 ? new int[tokens.length] : stored;
        this.sentencePiece = switch (metadata.requiredText(MODEL)) {
            case "gpt2" -> false;
            case "llama" -> true;
            case String other ->
                throw metadata.unsupported(MODEL, "is \"" + other + "\"; pie reads gpt2 and llama vocabularies");
        };
    }

    static GgufVocabulary of(GgufMetadata metadata) {
        return new GgufVocabulary(metadata);
    }

    HfTokenizer tokenizer() {
        return sentencePiece ? sentencePieceTokenizer() : byteLevelTokenizer();
    }

    private HfTokenizer byteLevelTokenizer() {
        String name = metadata.text(PRE).orElse("default");
        PreTokenizer family = PreTokenizer.named(name)
                .orElseThrow(() -> metadata.unsupported(PRE, "is \"" + name + "\", which pie does not know"));
        String[] merges = metadata.texts(MERGES);
        if (merges.length == 0) {
            throw metadata.broken(MERGES, "is missing or empty");
        }
        return new HfTokenizer(
                metadata.file(),
                withSpecials ->
                        TokenizerJson.byteLevel(tokens, TokenizerJson.Merge.of(merges), family, added(withSpecials)),
                tokenBytes(),
                special(),
                family.pattern(),
                false);
    }

    private HfTokenizer sentencePieceTokenizer() {
        boolean prefix = metadata.truth("tokenizer.ggml.add_space_prefix", true);
        String[] stored = metadata.texts(MERGES);
        List<TokenizerJson.Merge> merges =
                stored.length > 0 ? TokenizerJson.Merge.of(stored) : SentencePieces.merges(tokens, scores());
        int unknown = metadata.size("tokenizer.ggml.unknown_token_id", 0, tokens.length - 1, 0);
        return new HfTokenizer(
                metadata.file(),
                withSpecials ->
                        TokenizerJson.sentencePiece(tokens, merges, tokens[unknown], prefix, added(withSpecials)),
                tokenBytes(),
                special(),
                "",
                prefix);
    }

    private float[] scores() {
        float[] scores = metadata.floats(SCORES);
        if (scores.length != tokens.length) {
            throw metadata.broken(SCORES, "has " + scores.length + " entries for " + tokens.length + " tokens");
        }
        return scores;
    }

    private BitSet special() {
        BitSet special = new BitSet(tokens.length);
        for (int id = 0; id < tokens.length; id++) {
            special.set(id, types[id] == CONTROL || types[id] == UNKNOWN);
        }
        return special;
    }

    private List<TokenizerJson.Added> added(boolean withSpecials) {
        List<TokenizerJson.Added> added = new ArrayList<>();
        for (int id = 0; id < tokens.length; id++) {
            boolean special = types[id] == CONTROL || types[id] == UNKNOWN;
            if (!tokens[id].isEmpty() && (types[id] == USER_DEFINED || (special && withSpecials))) {
                added.add(new TokenizerJson.Added(id, tokens[id], special));
            }
        }
        return added;
    }

    private byte[][] tokenBytes() {
        byte[][] bytes = new byte[tokens.length][];
        for (int id = 0; id < bytes.length; id++) {
            bytes[id] = switch (types[id]) {
                case CONTROL, USER_DEFINED, UNKNOWN, UNUSED -> tokens[id].getBytes(StandardCharsets.UTF_8);
                default -> sentencePiece ? SentencePieces.decode(tokens[id]) : ByteAlphabet.decode(tokens[id]);
            };
        }
        return bytes;
    }
}
