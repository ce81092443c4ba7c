package pie.cpu.arch;

import pie.cpu.kernel.Linear;

/**
 * Hold one layer: attention and a gated feed-forward, each after a norm and added to the residual stream.
 *
 * @param qkv parts: queries, keys, values
 * @param qkvBias added to the output of {@code qkv}, as long as its stride; empty for none
 * @param gateUp parts: gate, up
 */
public record DecoderLayer(
        float[] attentionNorm,
        Linear qkv,
        float[] qkvBias,
        Linear output,
        float[] feedForwardNorm,
        Linear gateUp,
        Linear down) {}
