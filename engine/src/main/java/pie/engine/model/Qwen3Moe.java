package pie.engine.model;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Describe Qwen3's mixtures of experts: each token goes to the few of highest share. Source: Yang et al., Qwen3 technical report, 2025. */
final class Qwen3Moe extends Family {
    private static final int MAX_EXPERTS = 1024;

    @Override
    String name() {
        return "qwen3moe";
    }

    @Override
    String modelType() {
        return "qwen3_moe";
    }

    @Override
    Traits traits(GgufConfig config) {
        int count = config.size("expert_count", 1, MAX_EXPERTS);
        int used = config.size("expert_used_count", 1, count);
        return Traits.PLAIN.withHeadNorms().withExperts(new Traits.Experts(count, used, true));
    }

    @Override
    Traits traits(HfConfig config) {
        JsonFile json = config.json();
        if (json.size("decoder_sparse_step", 1, Integer.MAX_VALUE, 1) != 1
                || json.find("mlp_only_layers")
                        .filter(layers -> !layers.isEmpty())
                        .isPresent()) {
            throw json.unsupported(
                    "mlp_only_layers", "mixes dense layers with those of experts, which pie does not run");
        }
        int count = json.size("num_experts", 1, MAX_EXPERTS);
        int used = json.size("num_experts_per_tok", 1, count);
        return Traits.PLAIN
                .withHeadNorms()
                .withExperts(new Traits.Experts(count, used, json.truth("norm_topk_prob", false)));
    }

    @Override
    String ggufFeedForward() {
        return "expert_feed_forward_length";
    }

    @Override
    String checkpointFeedForward() {
        return "moe_intermediate_size";
    }

    @Override
    void split(ModelConfig config, Map<String, Tensor> tensors) {
        int count = config.traits().experts().orElseThrow().count();
        for (int layer = 0; layer < config.layers(); layer++) {
            for (String part : new String[] {"ffn_gate", "ffn_up", "ffn_down"}) {
                String at = "blk." + layer + "." + part;
                @Nullable Tensor all = tensors.get(at + "_exps.weight");
                int rows = part.equals("ffn_down") ? config.hidden() : config.ffn();
                if (all != null && all.rows() == (long) count * rows) {
                    tensors.remove(all.name());
                    for (int e = 0; e < count; e++) {
                        Tensor expert = all.part(at + "." + e + ".weight", e * rows, rows);
                        tensors.put(expert.name(), expert);
                    }
                }
            }
        }
    }
}
