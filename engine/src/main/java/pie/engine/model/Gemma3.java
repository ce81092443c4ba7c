package pie.engine.model;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntPredicate;

/**
 * Describe Gemma 3 for text: five layers with a window to one without, each kind with a rotary base of its own, norms before and after
 * each part and on the heads, embeddings scaled, GELU gates. Source: Gemma Team, Gemma 3 technical report, 2025.
 */
final class Gemma3 extends Family {
    private static final int PATTERN = 6;
    private static final float LOCAL_BASE = 10_000f;
    /** The 27B model scales scores by hidden / heads, which GGUF files do not say. */
    private static final int LAYERS_27B = 62;

    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    @Override
    String name() {
        return "gemma3";
    }

    @Override
    String modelType() {
        return "gemma3_text";
    }

    @Override
    Traits traits(GgufConfig config) {
        if (config.real("final_logit_softcapping", 0) != 0) {
            throw config.unsupported("final_logit_softcapping", "caps logits, which pie does not run");
        }
        int window = config.size("attention.sliding_window", 0, Integer.MAX_VALUE, 0);
        boolean[] pattern = config.truths("attention.sliding_window_pattern");
        int every = pattern.length > 0 ? PATTERN : config.size("attention.sliding_window_pattern", 1, 1024, PATTERN);
        float scale =
                config.layers() == LAYERS_27B ? (float) (1 / Math.sqrt((double) config.hidden() / config.heads())) : 0;
        return traits(
                config.layers(),
                config.hidden(),
                scale,
                config.real("rope.freq_base_swa", LOCAL_BASE),
                window,
                layer -> pattern.length > layer ? pattern[layer] : (layer + 1) % every != 0);
    }

    @Override
    Traits traits(HfConfig config) {
        JsonFile json = config.json();
        for (String cap : new String[] {"attn_logit_softcapping", "final_logit_softcapping"}) {
            if (json.find(cap).isPresent()) {
                throw json.unsupported(cap, "is set, which pie does not run");
            }
        }
        String activation = json.text("hidden_activation").orElse("gelu_pytorch_tanh");
        if (!activation.equals("gelu_pytorch_tanh")) {
            throw json.unsupported("hidden_activation", "is \"" + activation + "\"; only gelu_pytorch_tanh runs");
        }
        Optional<List<String>> types = config.layerTypes();
        int every = json.size("sliding_window_pattern", 1, 1024, PATTERN);
        double base = json.object("rope_parameters")
                .flatMap(rope -> rope.object("sliding_attention"))
                .map(rope -> rope.real("rope_theta"))
                .orElseGet(() -> json.real("rope_local_base_freq", LOCAL_BASE));
        return traits(
                config.layers(),
                config.hidden(),
                (float) (1 / Math.sqrt(json.real("query_pre_attn_scalar", config.headDim()))),
                (float) base,
                config.window(),
                layer -> types.map(list -> list.get(layer).equals("sliding_attention"))
                        .orElseGet(() -> (layer + 1) % every != 0));
    }

    private static Traits traits(
            int layers, int hidden, float scale, float localBase, int window, IntPredicate sliding) {
        List<Traits.Kind> kinds = new ArrayList<>();
        for (int layer = 0; layer < layers; layer++) {
            kinds.add(
                    window > 0 && sliding.test(layer)
                            ? new Traits.Kind(window, Traits.Rotation.LOCAL)
                            : Traits.Kind.PLAIN);
        }
        return new Traits(
                Traits.Activation.GELU_TANH,
                true,
                true,
                (float) Math.sqrt(hidden),
                scale,
                kinds,
                localBase,
                1,
                Optional.empty(),
                Optional.empty());
    }

    @Override
    Map<String, String> checkpointNames() {
        return Map.of(
                "post_attention_layernorm", "post_attention_norm",
                "pre_feedforward_layernorm", "ffn_norm",
                "post_feedforward_layernorm", "post_ffw_norm");
    }

    /** Add 1 to norms: checkpoints store how far they are from it. */
    @Override
    Tensor fromCheckpoint(Tensor tensor) {
        if (!tensor.name().endsWith("norm.weight")) {
            return tensor;
        }
        float[] values = new float[tensor.rows() * tensor.columns()];
        Dequantizer.rows(tensor, 0, tensor.rows(), values, 0);
        MemorySegment data = MemorySegment.ofArray(new byte[4 * values.length]);
        for (int i = 0; i < values.length; i++) {
            data.setAtIndex(FLOAT, i, 1 + values[i]);
        }
        return new Tensor(tensor.name(), TensorType.F32, tensor.rows(), tensor.columns(), data.asReadOnly());
    }
}
