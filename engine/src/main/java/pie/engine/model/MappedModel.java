package pie.engine.model;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import pie.engine.ErrorCode;
import pie.engine.PieException;

/** Keep what both file formats share: mapped tensors by name, and parts that are made on first use. */
abstract sealed class MappedModel implements ModelFiles permits GgufFiles, SafetensorsFiles {
    private final Path path;
    private final Arena arena;
    private final ModelConfig config;
    private final Map<String, Tensor> tensors;
    private final Lazy<HfTokenizer> tokenizer = new Lazy<>(this::makeTokenizer);
    private final Lazy<Optional<ChatTemplate>> chatTemplate = new Lazy<>(this::makeChatTemplate);
    private final Lazy<String> fingerprint = new Lazy<>(this::makeFingerprint);

    MappedModel(Path path, Arena arena, ModelConfig config, Map<String, Tensor> tensors) {
        this.path = path;
        this.arena = arena;
        this.config = config;
        this.tensors = Collections.unmodifiableMap(tensors);
    }

    abstract HfTokenizer makeTokenizer();

    abstract Optional<ChatTemplate> makeChatTemplate();

    abstract String makeFingerprint();

    @Override
    public Path path() {
        return path;
    }

    @Override
    public ModelConfig config() {
        return config;
    }

    @Override
    public Set<String> tensorNames() {
        return tensors.keySet();
    }

    @Override
    public Optional<Tensor> find(String name) {
        return Optional.ofNullable(tensors.get(name));
    }

    @Override
    public Tensor tensor(String name) {
        return find(name)
                .orElseThrow(() -> new PieException(
                        ErrorCode.NOT_FOUND,
                        path.getFileName() + " has no tensor " + name,
                        Map.of("file", path.toString(), "tensor", name)));
    }

    @Override
    public String fingerprint() {
        return fingerprint.get();
    }

    @Override
    public Tokenizer tokenizer() {
        return tokenizer.get();
    }

    @Override
    public Optional<ChatTemplate> chatTemplate() {
        return chatTemplate.get();
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
