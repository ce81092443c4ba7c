package pie.cpu.arch;

import pie.cpu.kernel.Linear;

/** Load Qwen2 and Qwen2.5: Llama with biases on queries, keys and values. Source: Yang et al., Qwen2 technical report, 2024. */
final class Qwen2 implements Family {
    @Override
    public String name() {
        return "qwen2";
    }

    @Override
    public Decoder load(WeightLoader w) {
        return w.decoder(w.layers(at -> layer(w, at)));
    }

    private static DecoderLayer layer(WeightLoader w, String at) {
        Linear qkv =
                w.linear(w.rotary(at + "attn_q.weight"), w.rotary(at + "attn_k.weight"), w.plain(at + "attn_v.weight"));
        return new DecoderLayer(
                w.vector(at + "attn_norm.weight"),
                qkv,
                w.bias(qkv, w.rotary(at + "attn_q.bias"), w.rotary(at + "attn_k.bias"), w.plain(at + "attn_v.bias")),
                w.linear(w.plain(at + "attn_output.weight")),
                w.vector(at + "ffn_norm.weight"),
                w.linear(w.plain(at + "ffn_gate.weight"), w.plain(at + "ffn_up.weight")),
                w.linear(w.plain(at + "ffn_down.weight")));
    }
}
