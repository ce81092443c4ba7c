package pie.engine.model;

import org.jspecify.annotations.Nullable;

/**
 * Hold the shape of a decoder model, whatever file it came from.
 *
 * @param architecture name of the family, as GGUF spells it where it knows it: {@code llama}, {@code qwen3}, {@code gemma3}
 * @param rotaryDim leading dimensions of a head that rotate
 * @param ropeInterleaved true: pairs (2i, 2i+1) rotate (GGUF {@code llama}); false: pairs (i, i + rotaryDim/2)
 * @param ropeScaling what each pair's frequency is divided by (Llama 3, linear), rotaryDim/2 long; null for none
 * @param tiedEmbeddings whether the LM head is the embedding table
 * @param attentionBias whether Q, K and V have a bias
 * @param ffn rows of a gate; of one expert's in a mixture
 * @param bosId id that opens a sequence, -1 for none
 * @param addBos whether raw text is expected to start with it
 * @param stopIds ids that end a turn
 * @param traits in what the model differs from the plain decoder
 */
public record ModelConfig(
        String architecture,
        int layers,
        int hidden,
        int heads,
        int kvHeads,
        int headDim,
        int ffn,
        int vocab,
        int maxContext,
        float rmsEpsilon,
        float ropeBase,
        int rotaryDim,
        boolean ropeInterleaved,
        float @Nullable [] ropeScaling,
        boolean tiedEmbeddings,
        boolean attentionBias,
        int bosId,
        boolean addBos,
        int[] stopIds,
        Traits traits) {
    /** Return what scores of attention are multiplied by. */
    public float attentionScale() {
        return traits.attentionScale() == 0 ? (float) (1 / Math.sqrt(headDim)) : traits.attentionScale();
    }

    /** Return what each pair's frequency is divided by in contexts of up to so many tokens; null for none. */
    public float @Nullable [] ropeScaling(int context) {
        return traits.longRope()
                .filter(rope -> context > rope.originalContext())
                .map(rope -> {
                    float[] factors = new float[rope.factors().size()];
                    for (int i = 0; i < factors.length; i++) {
                        factors[i] = rope.factors().get(i);
                    }
                    return factors;
                })
                .orElse(ropeScaling);
    }
}
