package pie.engine.model;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Describe one decoder family: how it differs from the plain decoder, what its files call that, and how they store its tensors. A new
 * family is one more class and its entry in {@link #ALL}.
 *
 * <p>Drivers see every family alike: queries, keys, values, gates and experts apart under the names of GGUF, norms as they multiply.
 */
abstract class Family {
    static final List<Family> ALL = List.of(
            new Llama(),
            new Mistral(),
            new Qwen2(),
            new Qwen3(),
            new Qwen3Moe(),
            new SmolLm3(),
            new Phi3(),
            new Gemma3());

    static List<String> names() {
        return ALL.stream().map(Family::name).toList();
    }

    /** @throws pie.engine.PieException UNSUPPORTED */
    static Family ofGguf(Path file, String architecture) {
        return find(file, architecture, Family::name);
    }

    /** @throws pie.engine.PieException UNSUPPORTED */
    static Family ofCheckpoint(Path file, String modelType) {
        return find(file, modelType, Family::modelType);
    }

    private static Family find(Path file, String name, Function<Family, String> by) {
        return ALL.stream()
                .filter(family -> by.apply(family).equals(name))
                .findFirst()
                .orElseThrow(() -> ModelErrors.architecture(file, name));
    }

    /** Return the name that GGUF files and people use. */
    abstract String name();

    /** Return the name in {@code config.json}. */
    String modelType() {
        return name();
    }

    /** Say whether GGUF files have pairs that rotate side by side. */
    boolean interleavedInGguf() {
        return false;
    }

    /** Say whether queries, keys and values of checkpoints have biases. */
    boolean biased() {
        return false;
    }

    abstract Traits traits(GgufConfig config);

    abstract Traits traits(HfConfig config);

    /** Return GGUF's key for the rows of a gate. */
    String ggufFeedForward() {
        return "feed_forward_length";
    }

    /** Return a checkpoint's key for the rows of a gate. */
    String checkpointFeedForward() {
        return "intermediate_size";
    }

    /** Return GGUF names of a layer's tensors that checkpoints of this family name in another way than most. */
    Map<String, String> checkpointNames() {
        return Map.of();
    }

    /** Return a checkpoint's tensor as it is to be computed with. */
    Tensor fromCheckpoint(Tensor tensor) {
        return tensor;
    }

    /** Replace tensors that hold several by their parts. */
    void split(ModelConfig config, Map<String, Tensor> tensors) {}
}
