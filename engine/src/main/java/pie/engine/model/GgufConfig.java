package pie.engine.model;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Derive a {@link ModelConfig} from GGUF metadata. */
final class GgufConfig {
    private static final int MAX_EXTENT = 1 << 20;

    private final GgufMetadata metadata;
    private final Map<String, Tensor> tensors;
    private final String architecture;

    private GgufConfig(GgufReader.Header header) {
        this.metadata = header.metadata();
        this.tensors = header.tensors();
        this.architecture = metadata.requiredText("general.architecture");
    }

    static ModelConfig of(GgufReader.Header header) {
        return new GgufConfig(header).config();
    }

    private ModelConfig config() {
        if (!Architecture.NAMES.contains(architecture)) {
            throw ModelErrors.architecture(metadata.file(), architecture);
        }
        if (metadata.whole("split.count", 1) > 1) {
            throw metadata.unsupported(
                    "split.count", "says that this is one part of a split model; merge the parts first");
        }
        if (metadata.whole(key("expert_count"), 0) > 0) {
            throw metadata.unsupported(key("expert_count"), "asks for a mixture of experts, which pie does not run");
        }
        int hidden = size("embedding_length");
        int heads = size("attention.head_count");
        int kvHeads = metadata.size(key("attention.head_count_kv"), 1, heads, heads);
        int headDim = metadata.size(key("attention.key_length"), 1, MAX_EXTENT, hidden / heads);
        if (heads % kvHeads != 0) {
            throw metadata.broken(key("attention.head_count_kv"), "does not divide the " + heads + " heads");
        }
        if (metadata.size(key("attention.value_length"), 1, MAX_EXTENT, headDim) != headDim) {
            throw metadata.unsupported(key("attention.value_length"), "differs from the key length");
        }
        int rotaryDim = metadata.size(key("rope.dimension_count"), 2, headDim, headDim);
        if (rotaryDim % 2 != 0) {
            throw metadata.broken(key("rope.dimension_count"), "must be even");
        }
        return new ModelConfig(
                architecture,
                size("block_count"),
                hidden,
                heads,
                kvHeads,
                headDim,
                size("feed_forward_length"),
                vocab(),
                metadata.size(key("context_length"), 1, Integer.MAX_VALUE),
                metadata.real(key("attention.layer_norm_rms_epsilon")),
                metadata.real(key("rope.freq_base"), 10_000f),
                rotaryDim,
                architecture.equals(Architecture.LLAMA),
                ropeScaling(rotaryDim),
                !tensors.containsKey("output.weight"),
                tensors.containsKey("blk.0.attn_q.bias"),
                bos(),
                metadata.truth("tokenizer.ggml.add_bos_token", "llama".equals(tokenizerModel())) && bos() >= 0,
                stopIds());
    }

    private int vocab() {
        @Nullable Tensor embedding = tensors.get("token_embd.weight");
        if (embedding == null) {
            throw ModelErrors.tensor(metadata.file(), "token_embd.weight", "is missing");
        }
        return embedding.rows();
    }

    private float @Nullable [] ropeScaling(int rotaryDim) {
        @Nullable Tensor factors = tensors.get("rope_freqs.weight");
        if (factors != null) {
            if (factors.type() != TensorType.F32 || factors.rows() != 1 || factors.columns() != rotaryDim / 2) {
                throw ModelErrors.tensor(
                        metadata.file(), factors.name(), "must hold " + rotaryDim / 2 + " F32 factors");
            }
            return Dequantizer.row(factors, 0);
        }
        String type = metadata.text(key("rope.scaling.type")).orElse("none");
        if (type.equals("none")) {
            return null;
        }
        if (!type.equals("linear")) {
            throw metadata.unsupported(
                    key("rope.scaling.type"), "is \"" + type + "\"; only none, linear and Llama 3 factors run");
        }
        float[] linear = new float[rotaryDim / 2];
        Arrays.fill(linear, metadata.real(key("rope.scaling.factor")));
        return linear;
    }

    private int bos() {
        return token("tokenizer.ggml.bos_token_id");
    }

    private int token(String key) {
        return metadata.size(key, -1, MAX_EXTENT * 16, -1);
    }

    private int[] stopIds() {
        TreeSet<Integer> ids = new TreeSet<>();
        for (String name : new String[] {"eos", "eot", "eom"}) {
            ids.add(token("tokenizer.ggml." + name + "_token_id"));
        }
        ids.remove(-1);
        int[] types = metadata.ints("tokenizer.ggml.token_type");
        BitSet controls = new BitSet();
        for (int id = 0; id < types.length; id++) {
            controls.set(id, types[id] == GgufVocabulary.CONTROL);
        }
        metadata.texts("tokenizer.ggml.tokens", controls).forEach((id, spelling) -> {
            if (StopTokens.SPELLINGS.contains(spelling)) {
                ids.add(id);
            }
        });
        return ids.stream().mapToInt(Integer::intValue).toArray();
    }

    private String tokenizerModel() {
        return metadata.text("tokenizer.ggml.model").orElse("");
    }

    private int size(String name) {
        return metadata.size(key(name), 1, MAX_EXTENT);
    }

    private String key(String name) {
        return architecture + "." + name;
    }
}
