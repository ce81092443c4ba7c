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

    private static final Map<String, String> PARTS = Map.ofEntries(
            Map.entry("input_layernorm", "attn_norm"),
            Map.entry("self_attn.q_proj", "attn_q"),
            Map.entry("self_attn.k_proj", "attn_k"),
            Map.entry("self_attn.v_proj", "attn_v"),
            Map.entry("self_attn.o_proj", "attn_output"),
            Map.entry("self_attn.q_norm", "attn_q_norm"),
            Map.entry("self_attn.k_norm", "attn_k_norm"),
            Map.entry("post_attention_layernorm", "ffn_norm"),
            Map.entry("mlp.gate", "ffn_gate_inp"),
            Map.entry("mlp.gate_proj", "ffn_gate"),
            Map.entry("mlp.up_proj", "ffn_up"),
            Map.entry("mlp.down_proj", "ffn_down"));

    private static final Pattern EXPERT = Pattern.compile("mlp\\.experts\\.(0|[1-9][0-9]{0,5})\\.(gate|up|down)_proj");

    private HfTensorNames() {}

    /** Return the name of a layer's matrix as checkpoints have it, without {@code .weight}; the name itself if it is none. */
    static String matrix(String gguf) {
        String[] words = gguf.split("\\.", -1);
        return PARTS.entrySet().stream()
                .filter(part -> words.length == 4 && part.getValue().equals(words[2]))
                .findFirst()
                .map(part -> "model.layers." + words[1] + "." + part.getKey())
                .orElse(gguf);
    }

    /**
     * Return the GGUF name, the name itself if it is unknown, or null for a buffer that is no weight.
     *
     * @param own names of parts of a layer that come before those that most families use
     */
    static @Nullable String toGguf(String name, Map<String, String> own) {
        @Nullable String top = TOP.get(name);
        if (top != null) {
            return top;
        }
        if (name.endsWith("rotary_emb.inv_freq")) {
            return null;
        }
        Matcher matcher = LAYER.matcher(name);
        if (matcher.matches()) {
            String given = matcher.group(2);
            @Nullable String part = own.containsKey(given) ? own.get(given) : PARTS.get(given);
            Matcher expert = EXPERT.matcher(given);
            if (expert.matches()) {
                part = "ffn_" + expert.group(2) + "." + expert.group(1);
            }
            if (part != null) {
                return "blk." + matcher.group(1) + "." + part + "." + matcher.group(3);
            }
        }
        return name;
    }
}
