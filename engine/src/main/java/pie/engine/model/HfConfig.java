package pie.engine.model;

import java.util.ArrayList;
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
    private final Family family;

    private HfConfig(JsonFile config, JsonFile generation) {
        this.config = config;
        this.generation = generation;
        this.family = family(config);
    }

    /** @throws pie.engine.PieException UNSUPPORTED for a family that pie does not run */
    static Family family(JsonFile config) {
        String type = config.text("model_type").orElseThrow(() -> config.broken("model_type", "is missing"));
        return Family.ofCheckpoint(config.file(), type);
    }

    /** @param head whether the checkpoint has an LM head of its own */
    static ModelConfig of(JsonFile config, JsonFile generation, HfVocabulary vocabulary, boolean head) {
        return new HfConfig(config, generation).config(vocabulary, head);
    }

    private ModelConfig config(HfVocabulary vocabulary, boolean head) {
        refuseOddities();
        int hidden = hidden();
        int heads = size("num_attention_heads");
        int kvHeads = config.size("num_key_value_heads", 1, heads, heads);
        if (heads % kvHeads != 0) {
            throw config.broken("num_key_value_heads", "does not divide the " + heads + " heads");
        }
        int headDim = headDim();
        if (headDim % 2 != 0) {
            throw config.broken("head_dim", "must be even");
        }
        Optional<JsonFile> rope = rope();
        double ropeBase = rope.map(parameters -> parameters.real("rope_theta", config.real("rope_theta", 10_000)))
                .orElseGet(() -> config.real("rope_theta", 10_000));
        int rotaryDim = rotaryDim(headDim);
        int bos = config.size("bos_token_id", 0, MAX_TOKEN, -1);
        return new ModelConfig(
                family.name(),
                layers(),
                hidden,
                heads,
                kvHeads,
                headDim,
                size(family.checkpointFeedForward()),
                config.size("vocab_size", 1, MAX_TOKEN),
                maxContext(),
                (float) config.real("rms_norm_eps", 1e-6),
                (float) ropeBase,
                rotaryDim,
                false,
                rope.map(parameters -> ropeFactors(parameters, ropeBase, rotaryDim))
                        .orElse(null),
                config.truth("tie_word_embeddings", !head),
                family.biased(),
                bos,
                bos >= 0 && vocabulary.opensWith(bos),
                stopIds(vocabulary),
                family.traits(this));
    }

    JsonFile json() {
        return config;
    }

    int layers() {
        return size("num_hidden_layers");
    }

    int hidden() {
        return size("hidden_size");
    }

    int headDim() {
        return config.size("head_dim", 2, MAX_EXTENT, hidden() / size("num_attention_heads"));
    }

    int maxContext() {
        return config.size("max_position_embeddings", 1, Integer.MAX_VALUE);
    }

    /** Return the slots that layers with a window see; 0 for none. */
    int window() {
        return config.size("sliding_window", 0, Integer.MAX_VALUE, 0);
    }

    /** Return what each layer is, where the file says it. */
    Optional<List<String>> layerTypes() {
        return config.find("layer_types").map(types -> {
            List<String> names = new ArrayList<>();
            types.forEach(type -> names.add(type.asString("")));
            if (names.size() != layers()) {
                throw config.broken("layer_types", "must name " + layers() + " layers");
            }
            return names;
        });
    }

    /** Return the rotary settings, those of layers without window where there are two. */
    Optional<JsonFile> rope() {
        return config.object("rope_parameters")
                .or(() -> config.object("rope_scaling"))
                .map(rope -> rope.object("full_attention").orElse(rope));
    }

    /** Return the tokens that a model was first trained on. */
    int originalContext(JsonFile rope) {
        String key = "original_max_position_embeddings";
        return rope.size(key, 2, Integer.MAX_VALUE, config.size(key, 2, Integer.MAX_VALUE, maxContext()));
    }

    /** Return a list of rotary factors, one for each pair. */
    float[] factors(JsonFile rope, String key) {
        JsonNode list = rope.find(key).orElseThrow(() -> rope.broken(key, "is missing"));
        float[] factors = new float[rotaryDim(headDim()) / 2];
        if (!list.isArray() || list.size() != factors.length) {
            throw rope.broken(key, "must list " + factors.length + " factors");
        }
        for (int i = 0; i < factors.length; i++) {
            factors[i] = list.get(i).floatValue();
        }
        return factors;
    }

    private int rotaryDim(int headDim) {
        double share = rope().map(rope -> rope.real("partial_rotary_factor", config.real("partial_rotary_factor", 1)))
                .orElseGet(() -> config.real("partial_rotary_factor", 1));
        int rotary = (int) (headDim * share);
        if (rotary < 2 || rotary > headDim || rotary % 2 != 0) {
            throw config.broken(
                    "partial_rotary_factor", "is " + share + ", which is no even number of the head's " + headDim);
        }
        return rotary;
    }

    static boolean isLongRope(JsonFile rope) {
        String type = type(rope);
        return type.equals("longrope") || type.equals("su");
    }

    private static String type(JsonFile rope) {
        return rope.text("rope_type").or(() -> rope.text("type")).orElse("default");
    }

    private void refuseOddities() {
        String activation = config.text("hidden_act").orElse("silu");
        if (!activation.equals("silu")) {
            throw config.unsupported("hidden_act", "is \"" + activation + "\"; only silu runs");
        }
        for (String key : new String[] {"attention_bias", "mlp_bias", "use_sliding_window"}) {
            if (config.truth(key, false)) {
                throw config.unsupported(key, "is true, which pie does not run for " + family.name());
            }
        }
        if (config.find("quantization_config").isPresent()) {
            throw config.unsupported("quantization_config", "is set; pie reads F32, F16 and BF16 safetensors");
        }
    }

    private float @Nullable [] ropeFactors(JsonFile rope, double base, int rotaryDim) {
        String type = type(rope);
        return switch (type) {
            case "default" -> null;
            case "linear" -> {
                float[] factors = new float[rotaryDim / 2];
                Arrays.fill(factors, (float) rope.real("factor"));
                yield factors;
            }
            case "llama3" ->
                RopeFactors.llama3(
                        base,
                        rotaryDim,
                        rope.real("factor"),
                        rope.real("low_freq_factor"),
                        rope.real("high_freq_factor"),
                        rope.real("original_max_position_embeddings"));
            case "longrope", "su" -> factors(rope, "short_factor");
            default ->
                throw rope.unsupported(
                        "rope_scaling", "has type \"" + type + "\"; only default, linear, llama3 and longrope run");
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
