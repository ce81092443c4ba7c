package pie.engine.model;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Check a file's tensors against the shape that its configuration promises. */
final class TensorCheck {
    /** Tensors that some converters add and that the configuration has taken in. */
    private static final Set<String> IGNORED =
            Set.of("rope_freqs.weight", "rope_factors_long.weight", "rope_factors_short.weight");

    private final Path file;
    private final ModelConfig config;
    private final Map<String, Tensor> tensors;
    private final Set<String> expected = new HashSet<>();

    private TensorCheck(Path file, ModelConfig config, Map<String, Tensor> tensors) {
        this.file = file;
        this.config = config;
        this.tensors = tensors;
    }

    /**
     * Check that every tensor of the family is there with the right shape, and that no other is: an unknown bias or expert
     * that is left out would give wrong answers in silence.
     *
     * @throws pie.engine.PieException INVALID_ARGUMENT for a missing or misshapen tensor, UNSUPPORTED for a foreign one
     */
    static void check(Path file, ModelConfig config, Map<String, Tensor> tensors) {
        new TensorCheck(file, config, tensors).check();
    }

    private void check() {
        int hidden = config.hidden();
        expect("token_embd.weight", config.vocab(), hidden);
        expect("output_norm.weight", 1, hidden);
        if (!config.tiedEmbeddings()) {
            expect("output.weight", config.vocab(), hidden);
        }
        for (int layer = 0; layer < config.layers(); layer++) {
            String block = "blk." + layer + ".";
            attention(block);
            feedForward(block);
        }
        for (String name : tensors.keySet()) {
            if (!expected.contains(name) && !IGNORED.contains(name)) {
                throw ModelErrors.unsupportedTensor(
                        file, name, "is not part of architecture " + config.architecture() + " as pie runs it");
            }
        }
    }

    private void attention(String block) {
        int hidden = config.hidden();
        int queries = config.heads() * config.headDim();
        int keys = config.kvHeads() * config.headDim();
        expect(block + "attn_norm.weight", 1, hidden);
        expect(block + "attn_q.weight", queries, hidden);
        expect(block + "attn_k.weight", keys, hidden);
        expect(block + "attn_v.weight", keys, hidden);
        expect(block + "attn_output.weight", hidden, queries);
        if (config.attentionBias()) {
            expect(block + "attn_q.bias", 1, queries);
            expect(block + "attn_k.bias", 1, keys);
            expect(block + "attn_v.bias", 1, keys);
        }
        if (config.traits().headNorms()) {
            expect(block + "attn_q_norm.weight", 1, config.headDim());
            expect(block + "attn_k_norm.weight", 1, config.headDim());
        }
        if (config.traits().postNorms()) {
            expect(block + "post_attention_norm.weight", 1, hidden);
            expect(block + "post_ffw_norm.weight", 1, hidden);
        }
    }

    private void feedForward(String block) {
        int hidden = config.hidden();
        expect(block + "ffn_norm.weight", 1, hidden);
        int experts = config.traits().experts().map(Traits.Experts::count).orElse(0);
        if (experts > 0) {
            expect(block + "ffn_gate_inp.weight", experts, hidden);
        }
        for (int e = 0; e < Math.max(1, experts); e++) {
            String at = experts > 0 ? "." + e + ".weight" : ".weight";
            expect(block + "ffn_gate" + at, config.ffn(), hidden);
            expect(block + "ffn_up" + at, config.ffn(), hidden);
            expect(block + "ffn_down" + at, hidden, config.ffn());
        }
    }

    private void expect(String name, int rows, int columns) {
        @Nullable Tensor tensor = tensors.get(name);
        if (tensor == null) {
            throw ModelErrors.tensor(file, name, "is missing");
        }
        if (tensor.rows() != rows || tensor.columns() != columns) {
            throw ModelErrors.tensor(
                    file,
                    name,
                    "is " + tensor.rows() + " x " + tensor.columns() + ", the configuration asks for " + rows + " x "
                            + columns);
        }
        expected.add(name);
    }
}
