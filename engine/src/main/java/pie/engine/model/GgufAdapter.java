package pie.engine.model;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;

/**
 * Read LoRA adapters as llama.cpp keeps them: a GGUF file with {@code general.type = adapter}, whose tensors are called
 * {@code <matrix>.lora_a} and {@code <matrix>.lora_b}.
 *
 * <p>Source: {@code convert_lora_to_gguf.py} of llama.cpp, which orders rows of queries and keys as in models of the family.
 */
final class GgufAdapter {
    private static final String FIRST = ".lora_a";
    private static final String SECOND = ".lora_b";

    private final Path file;
    private final ModelConfig model;
    private final GgufMetadata metadata;
    private final Map<String, Tensor> tensors;
    private final boolean interleaved;

    private GgufAdapter(Path file, GgufReader.Header header, ModelConfig model) {
        this.file = file;
        this.model = model;
        metadata = header.metadata();
        tensors = header.tensors();
        interleaved = Family.ofGguf(file, metadata.requiredText("general.architecture"))
                .interleavedInGguf();
    }

    static List<LoraPair> read(Path file, MemorySegment bytes, ModelConfig model, LongConsumer admit) {
        GgufReader.Header header = GgufReader.read(file, bytes);
        admit.accept(AdapterFiles.numbers(header.tensors().values()));
        return new GgufAdapter(file, header, model).read();
    }

    private List<LoraPair> read() {
        String type = metadata.text("general.type").orElse("model");
        if (!type.equals("adapter")) {
            throw metadata.broken("general.type", "is " + type + ", not adapter");
        }
        String kind = metadata.requiredText("adapter.type");
        if (!kind.equals("lora")) {
            throw metadata.unsupported("adapter.type", "is " + kind + "; pie takes lora");
        }
        float alpha = metadata.real("adapter.lora.alpha");
        List<LoraPair> pairs = new ArrayList<>();
        for (Tensor tensor : tensors.values()) {
            String name = tensor.name();
            if (name.endsWith(FIRST)) {
                String matrix = name.substring(0, name.length() - FIRST.length());
                pairs.add(pair(matrix, tensor, beside(name, matrix + SECOND), alpha));
            } else if (name.endsWith(SECOND)) {
                beside(name, name.substring(0, name.length() - SECOND.length()) + FIRST);
            } else {
                throw ModelErrors.unsupportedTensor(file, name, "is neither lora_a nor lora_b of a matrix");
            }
        }
        return pairs;
    }

    private Tensor beside(String name, String other) {
        Tensor tensor = tensors.get(other);
        if (tensor == null) {
            throw ModelErrors.tensor(file, name, "has no " + other + " beside it");
        }
        return tensor;
    }

    private LoraPair pair(String matrix, Tensor a, Tensor b, float alpha) {
        if (b.columns() != a.rows()) {
            throw ModelErrors.tensor(
                    file, matrix, "has a lora_a of rank " + a.rows() + " and a lora_b of rank " + b.columns());
        }
        LoraPair pair = LoraPair.of(matrix, a, b, alpha == 0 ? 1 : alpha / a.rows());
        boolean rotated = matrix.endsWith(".attn_q.weight") || matrix.endsWith(".attn_k.weight");
        return interleaved && rotated && pair.outputs() % model.headDim() == 0
                ? pair.with(pair.a(), halves(pair))
                : pair;
    }

    /** Bring the rows of each head from pairs that are rotated together to two halves. */
    private float[] halves(LoraPair pair) {
        int rank = pair.rank();
        int half = model.headDim() / 2;
        float[] ordered = new float[pair.b().length];
        for (int row = 0; row < pair.outputs(); row++) {
            int within = row % model.headDim();
            int from = row - within + 2 * (within % half) + within / half;
            System.arraycopy(pair.b(), from * rank, ordered, row * rank, rank);
        }
        return ordered;
    }
}
