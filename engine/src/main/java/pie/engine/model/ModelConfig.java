package pie.engine.model;

import org.jspecify.annotations.Nullable;

/**
 * Hold the shape of a decoder model, whatever file it came from.
 *
 * @param architecture GGUF name of the family: {@code llama}, {@code qwen2}
 * @param rotaryDim leading dimensions of a head that rotate
 * @param ropeInterleaved true: pairs (2i, 2i+1) rotate (GGUF {@code llama}); false: pairs (i, i + rotaryDim/2)
 * @param ropeScaling what each pair's frequency is divided by (Llama 3, linear), rotaryDim/2 long; null for none
 * @param tiedEmbeddings whether the LM head is the embedding table
 * @param attentionBias whether Q, K and V have a bias
 * @param bosId id that opens a sequence, -1 for none
 * @param addBos whether raw text is expected to start with it
 * @param stopIds ids that end a turn
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
        int[] stopIds) {}
