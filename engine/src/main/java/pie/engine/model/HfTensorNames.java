package pie.engine.model;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Translate tensor names of Hugging Face checkpoints to GGUF names. */
final class HfTensorNames {
    private static final Pattern LAYER = Pattern.compile("model\\.layers\\.(0|[1-9][0-9]{0,5})\\.(.+)\\.(weight|bias)");

    private static final Map<String, String> TOP = Map.of(
            "model.embed_tokens.weight", "token_embd.weight",
            "model.norm.weight", "output_norm.weight",
            "lm_head.weight", "output.weight");

    private static final Map<String, String> PARTS = Map.of(
            "input_layernorm", "attn_norm",
            "self_attn.q_proj", "attn_q",
            "self_attn.k_proj", "attn_k",
            "self_attn.v_proj", "attn_v",
            "self_attn.o_proj", "attn_output",
            "post_attention_layernorm", "ffn_norm",
            "mlp.gate_proj", "ffn_gate",
            "mlp.up_proj", "ffn_up",
            "mlp.down_proj", "ffn_down");

    private HfTensorNames() {}

    /** Return the GGUF name, the name itself if it is unknown, or null for a buffer that is no weight. */
    static @Nullable String toGguf(String name) {
        @Nullable String top = TOP.get(name);
        if (top != null) {
            return top;
        }
        if (name.endsWith("rotary_emb.inv_freq")) {
            return null;
        }
        Matcher matcher = LAYER.matcher(name);
        if (matcher.matches()) {
            @Nullable String part = PARTS.get(matcher.group(2));
            if (part != null) {
                return "blk." + matcher.group(1) + "." + part + "." + matcher.group(3);
            }
        }
        return name;
    }
}
