package pie.engine.model;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import pie.engine.PieException;

/** Derive a {@link ModelConfig} from GGUF metadata. */
final class GgufConfig {
    private static final int MAX_EXTENT = 1 << 20;

    private final GgufMetadata metadata;
    private final Map<String, Tensor> tensors;
    private final String architecture;
    private final Family family;

    private GgufConfig(GgufReader.Header header) {
        this.metadata = header.metadata();
        this.tensors = header.tensors();
        this.architecture = metadata.requiredText("general.architecture");
        this.family = Family.ofGguf(metadata.file(), architecture);
    }

    static ModelConfig of(GgufReader.Header header) {
        return new GgufConfig(header).config();
    }

    private ModelConfig config() {
        if (metadata.whole("split.count", 1) > 1) {
            throw metadata.unsupported(
                    "split.count", "says that this is one part of a split model; merge the parts first");
        }
        Traits traits = family.traits(this);
        if (traits.experts().isEmpty() && metadata.whole(key("expert_count"), 0) > 0) {
            throw metadata.unsupported(
                    key("expert_count"), "asks for a mixture of experts, which pie does not run for " + architecture);
        }
        int hidden = size("embedding_length");
        int heads = size("attention.head_count");
        int kvHeads = metadata.size(key("attention.head_count_kv"), 1, heads, heads);
        int headDim = headDim();
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
                size(family.ggufFeedForward()),
                vocab(),
                maxContext(),
                metadata.real(key("attention.layer_norm_rms_epsilon")),
                metadata.real(key("rope.freq_base"), 10_000f),
                rotaryDim,
                family.interleavedInGguf(),
                ropeScaling(rotaryDim),
                !tensors.containsKey("output.weight"),
                tensors.containsKey("blk.0.attn_q.bias"),
                bos(),
                metadata.truth("tokenizer.ggml.add_bos_token", "llama".equals(tokenizerModel())) && bos() >= 0,
                stopIds(),
                traits);
    }

    int layers() {
        return size("block_count");
    }

    int hidden() {
        return size("embedding_length");
    }

    int heads() {
        return size("attention.head_count");
    }

    int headDim() {
        return metadata.size(key("attention.key_length"), 1, MAX_EXTENT, hidden() / heads());
    }

    int maxContext() {
        return metadata.size(key("context_length"), 1, Integer.MAX_VALUE);
    }

    /** Return an integer of this architecture's keys. */
    int size(String name, int least, int most) {
        return metadata.size(key(name), least, most);
    }

    int size(String name, int least, int most, int absent) {
        return metadata.size(key(name), least, most, absent);
    }

    float real(String name, float absent) {
        return metadata.real(key(name), absent);
    }

    /** Return an array of truths; empty if the key is absent or no array. */
    boolean[] truths(String name) {
        return metadata.truths(key(name));
    }

    PieException unsupported(String name, String problem) {
        return metadata.unsupported(key(name), problem);
    }

    /** Return rotary factors that are kept as a tensor. */
    Optional<float[]> factors(String name) {
        @Nullable Tensor factors = tensors.get(name);
        if (factors == null) {
            return Optional.empty();
        }
        int pairs = metadata.size(key("rope.dimension_count"), 2, headDim(), headDim()) / 2;
        if (factors.type() != TensorType.F32 || factors.rows() != 1 || factors.columns() != pairs) {
            throw ModelErrors.tensor(metadata.file(), factors.name(), "must hold " + pairs + " F32 factors");
        }
        return Optional.of(Dequantizer.row(factors, 0));
    }

    private int vocab() {
        @Nullable Tensor embedding = tensors.get("token_embd.weight");
        if (embedding == null) {
            throw ModelErrors.tensor(metadata.file(), "token_embd.weight", "is missing");
        }
        return embedding.rows();
    }

    private float @Nullable [] ropeScaling(int rotaryDim) {
        Optional<float[]> factors = factors("rope_freqs.weight").or(() -> factors("rope_factors_short.weight"));
        if (factors.isPresent()) {
            return factors.get();
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
