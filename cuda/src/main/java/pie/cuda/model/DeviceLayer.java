package pie.cuda.model;

/**
 * Name the weights of one layer on the device: attention and a gated feed-forward, each after a norm and added to the residual stream.
 *
 * @param attentionNorm address of f32
 * @param qkv queries, keys, values
 * @param qkvBias address of f32, 0 for none
 */
public record DeviceLayer(
        long attentionNorm,
        PackedMatrix qkv,
        long qkvBias,
        PackedMatrix output,
        long feedForwardNorm,
        PackedMatrix gateUp,
        PackedMatrix down) {}
