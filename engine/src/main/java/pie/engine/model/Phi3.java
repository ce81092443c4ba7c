package pie.engine.model;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Describe Phi-3, 3.5 and 4: Llama with one matrix for queries, keys and values and one for gate and up, windows, and other rotary
 * factors for long contexts. Source: Abdin et al., Phi-3 technical report, 2024; Ding et al., LongRoPE, 2024.
 */
final class Phi3 extends Family {
    private static final String LONG = "rope_factors_long.weight";

    @Override
    String name() {
        return "phi3";
    }

    @Override
    Traits traits(GgufConfig config) {
        Traits plain = kinds(config.layers(), config.size("attention.sliding_window", 0, Integer.MAX_VALUE, 0));
        Optional<float[]> factors = config.factors(LONG);
        if (factors.isEmpty()) {
            return plain;
        }
        int original = config.size("rope.scaling.original_context_length", 2, Integer.MAX_VALUE, config.maxContext());
        return plain.withLongRope(
                new Traits.LongRope(RopeFactors.list(factors.get()), original),
                config.real("rope.scaling.attn_factor", RopeFactors.magnitude(config.maxContext(), original)));
    }

    @Override
    Traits traits(HfConfig config) {
        Traits plain = kinds(config.layers(), config.window());
        Optional<JsonFile> rope = config.rope().filter(HfConfig::isLongRope);
        if (rope.isEmpty()) {
            return plain;
        }
        int original = config.originalContext(rope.get());
        return plain.withLongRope(
                new Traits.LongRope(RopeFactors.list(config.factors(rope.get(), "long_factor")), original),
                (float) rope.get().real("attention_factor", RopeFactors.magnitude(config.maxContext(), original)));
    }

    private static Traits kinds(int layers, int window) {
        return Traits.PLAIN.withKinds(Collections.nCopies(layers, new Traits.Kind(window, Traits.Rotation.GLOBAL)));
    }

    @Override
    Map<String, String> checkpointNames() {
        return Map.of("self_attn.qkv_proj", "attn_qkv", "mlp.gate_up_proj", "ffn_up");
    }

    @Override
    void split(ModelConfig config, Map<String, Tensor> tensors) {
        int queries = config.heads() * config.headDim();
        int keys = config.kvHeads() * config.headDim();
        for (int layer = 0; layer < config.layers(); layer++) {
            String at = "blk." + layer + ".";
            replace(tensors, at + "attn_qkv.weight", queries + 2 * keys, all -> {
                put(tensors, all.part(at + "attn_q.weight", 0, queries));
                put(tensors, all.part(at + "attn_k.weight", queries, keys));
                put(tensors, all.part(at + "attn_v.weight", queries + keys, keys));
            });
            replace(tensors, at + "ffn_up.weight", 2 * config.ffn(), all -> {
                put(tensors, all.part(at + "ffn_gate.weight", 0, config.ffn()));
                put(tensors, all.part(at + "ffn_up.weight", config.ffn(), config.ffn()));
            });
        }
    }

    private static void replace(
            Map<String, Tensor> tensors, String name, int rows, java.util.function.Consumer<Tensor> parts) {
        @Nullable Tensor all = tensors.get(name);
        if (all != null && all.rows() == rows) {
            tensors.remove(name);
            parts.accept(all);
        }
    }

    private static void put(Map<String, Tensor> tensors, Tensor part) {
        tensors.put(part.name(), part);
    }
}
