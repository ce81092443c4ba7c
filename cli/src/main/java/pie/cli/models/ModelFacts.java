package pie.cli.models;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import pie.engine.model.ModelConfig;
import pie.engine.model.ModelFiles;
import pie.engine.model.Models;
import pie.engine.model.Tensor;

/** Gather what {@code pie model info} tells. */
public final class ModelFacts {
    private ModelFacts() {}

    /**
     * Return facts by name, in the order to show them.
     *
     * @param pageSize tokens of one KV page
     * @throws pie.engine.PieException as {@link Models#open}
     */
    public static Map<String, Object> of(Path path, int pageSize) {
        try (ModelFiles model = Models.open(path)) {
            ModelConfig config = model.config();
            long parameters = 0;
            Map<String, Integer> types = new TreeMap<>();
            for (String name : model.tensorNames()) {
                Tensor tensor = model.tensor(name);
                parameters += (long) tensor.rows() * tensor.columns();
                types.merge(tensor.type().name(), 1, Integer::sum);
            }
            long valuesPerPage = 2L * config.layers() * config.kvHeads() * config.headDim() * pageSize;
            Map<String, Object> facts = new LinkedHashMap<>();
            facts.put("path", path.toString());
            facts.put("bytes", StoredModel.bytes(path));
            facts.put("architecture", config.architecture());
            facts.put("parameters", parameters);
            facts.put("tensor_types", types);
            facts.put("layers", config.layers());
            facts.put("hidden", config.hidden());
            facts.put("heads", config.heads());
            facts.put("kv_heads", config.kvHeads());
            facts.put("head_dim", config.headDim());
            facts.put("ffn", config.ffn());
            facts.put("vocab", config.vocab());
            facts.put("max_context", config.maxContext());
            facts.put("rope_base", config.ropeBase());
            facts.put("tied_embeddings", config.tiedEmbeddings());
            facts.put("stop_ids", config.stopIds());
            facts.put("chat_template", model.chatTemplate().isPresent());
            facts.put("page_size", pageSize);
            facts.put("kv_bytes_per_page", new TreeMap<>(Map.of("f16", 2 * valuesPerPage, "f32", 4 * valuesPerPage)));
            facts.put("fingerprint", model.fingerprint());
            return facts;
        }
    }
}
