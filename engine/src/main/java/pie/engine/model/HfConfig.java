package pie.engine.model;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Derive a {@link ModelConfig} from {@code config.json} and its companions. */
final class HfConfig {
    private static final int MAX_EXTENT = 1 << 20;
    private static final int MAX_TOKEN = 1 << 24;

    private final JsonFile config;
    private final JsonFile generation;
    private final String architecture;

    private HfConfig(JsonFile config, JsonFile generation) {
        this.config = config;
        this.generation = generation;
        this.architecture = config.text("model_type").orElseThrow(() -> config.broken("model_type", "is missing"));
    }

    static ModelConfig of(JsonFile config, JsonFile generation, HfVocabulary vocabulary) {
        return new HfConfig(config, generation).config(vocabulary);
    }

    private ModelConfig config(HfVocabulary vocabulary) {
        if (!Architecture.NAMES.contains(architecture)) {
            throw ModelErrors.architecture(config.file(), architecture);
        }
        refuseOddities();
        boolean qwen2 = architecture.equals(Architecture.QWEN2);
        int hidden = size("hidden_size");
        int heads = size("num_attention_heads");
        int kvHeads = config.size("num_key_value_heads", 1, heads, heads);
        if (heads % kvHeads != 0) {
            throw config.broken("num_key_value_heads", "does not divide the " + heads + " heads");
        }
        int headDim = config.size("head_dim", 2, MAX_EXTENT, hidden / heads);
        if (headDim % 2 != 0) {
            throw config.broken("head_dim", "must be even");
        }
        Optional<JsonFile> rope = config.object("rope_parameters").or(() -> config.object("rope_scaling"));
        double ropeBase = rope.map(parameters -> parameters.real("rope_theta", config.real("rope_theta", 10_000)))
                .orElseGet(() -> config.real("rope_theta", 10_000));
        int bos = config.size("bos_token_id", 0, MAX_TOKEN, -1);
        return new ModelConfig(
                architecture,
                size("num_hidden_layers"),
                hidden,
                heads,
                kvHeads,
                headDim,
                size("intermediate_size"),
                config.size("vocab_size", 1, MAX_TOKEN),
                config.size("max_position_embeddings", 1, Integer.MAX_VALUE),
                (float) config.real("rms_norm_eps", 1e-6),
                (float) ropeBase,
                headDim,
                false,
                rope.map(parameters -> ropeFactors(parameters, ropeBase, headDim))
                        .orElse(null),
                config.truth("tie_word_embeddings", false),
                qwen2,
                bos,
                bos >= 0 && vocabulary.opensWith(bos),
                stopIds(vocabulary));
    }

    private void refuseOddities() {
        String activation = config.text("hidden_act").orElse("silu");
        if (!activation.equals("silu")) {
            throw config.unsupported("hidden_act", "is \"" + activation + "\"; only silu runs");
        }
        for (String key : new String[] {"attention_bias", "mlp_bias", "use_sliding_window"}) {
            if (config.truth(key, false)) {
                throw config.unsupported(key, "is true, which pie does not run for " + architecture);
            }
        }
        if (config.find("quantization_config").isPresent()) {
            throw config.unsupported("quantization_config", "is set; pie reads F32, F16 and BF16 safetensors");
        }
        if (config.real("partial_rotary_factor", 1) != 1) {
            throw config.unsupported("partial_rotary_factor", "must be 1");
        }
    }

    private float @Nullable [] ropeFactors(JsonFile rope, double base, int headDim) {
        String type = rope.text("rope_type").or(() -> rope.text("type")).orElse("default");
        return switch (type) {
            case "default" -> null;
            case "linear" -> {
                float[] factors = new float[headDim / 2];
                Arrays.fill(factors, (float) rope.real("factor"));
                yield factors;
            }
            case "llama3" ->
                RopeFactors.llama3(
                        base,
                        headDim,
                        rope.real("factor"),
                        rope.real("low_freq_factor"),
                        rope.real("high_freq_factor"),
                        rope.real("original_max_position_embeddings"));
            default ->
                throw rope.unsupported(
                        "rope_scaling", "has type \"" + type + "\"; only default, linear and llama3 run");
        };
    }

    private int[] stopIds(HfVocabulary vocabulary) {
        TreeSet<Integer> ids = new TreeSet<>(vocabulary.idsOf(StopTokens.SPELLINGS));
        add(ids, config);
        add(ids, generation);
        return ids.stream().mapToInt(Integer::intValue).toArray();
    }

    private static void add(TreeSet<Integer> ids, JsonFile file) {
        file.find("eos_token_id").ifPresent(value -> {
            for (JsonNode id : value.isArray() ? value : List.of(value)) {
                if (!id.isIntegralNumber() || !id.canConvertToInt() || id.asInt() < 0) {
                    throw file.broken("eos_token_id", "must be a token id or a list of them");
                }
                ids.add(id.asInt());
            }
        });
    }

    private int size(String key) {
        return config.size(key, 1, MAX_EXTENT);
    }
}
