package pie.cpu.arch;

import pie.cpu.kernel.Linear;
import pie.engine.model.Traits;

/**
 * Hold one layer: attention and a feed-forward part, each after a norm and added to the residual stream.
 *
 * @param kind window and rotation of its attention
 * @param qkv parts: queries, keys, values
 * @param qkvBias added to the output of {@code qkv}, as long as its stride; empty for none
 * @param queryNorm of each head, before it rotates; empty for none
 * @param keyNorm as {@code queryNorm}
 * @param attentionPostNorm of what attention adds; empty for none
 * @param feedForwardPostNorm of what the feed-forward part adds; empty for none
 */
public record DecoderLayer(
        Traits.Kind kind,
        float[] attentionNorm,
        Linear qkv,
        float[] qkvBias,
        float[] queryNorm,
        float[] keyNorm,
        Linear output,
        float[] attentionPostNorm,
        float[] feedForwardNorm,
        FeedForward feedForward,
        float[] feedForwardPostNorm) {}
