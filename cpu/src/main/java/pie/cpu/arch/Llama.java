package pie.cpu.arch;

import pie.cpu.kernel.Linear;

/** Load SmolLM2, TinyLlama, Llama 2 and 3. Source: Touvron et al., LLaMA, 2023. */
final class Llama implements Family {
    @Override
    public String name() {
        return "llama";
    }

    @Override
    public Decoder load(WeightLoader w) {
        return w.decoder(w.layers(at -> layer(w, at)));
    }

    private static DecoderLayer layer(WeightLoader w, String at) {
        Linear qkv =
                w.linear(w.rotary(at + "attn_q.weight"), w.rotary(at + "attn_k.weight"), w.plain(at + "attn_v.weight"));
        float[] bias = w.config().attentionBias()
                ? w.bias(qkv, w.rotary(at + "attn_q.bias"), w.rotary(at + "attn_k.bias"), w.plain(at + "attn_v.bias"))
                : new float[0];
        return new DecoderLayer(
                w.vector(at + "attn_norm.weight"),
                qkv,
                bias,
                w.linear(w.plain(at + "attn_output.weight")),
                w.vector(at + "ffn_norm.weight"),
                w.linear(w.plain(at + "ffn_gate.weight"), w.plain(at + "ffn_up.weight")),
                w.linear(w.plain(at + "ffn_down.weight")));
    }
}
