package pie.engine.model;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Give access to a model in one GGUF file. */
final class GgufFiles extends MappedModel {
    private final GgufReader.Header header;
    private final MemorySegment bytes;

    private GgufFiles(
            Path file,
            Arena arena,
            MemorySegment bytes,
            GgufReader.Header header,
            ModelConfig config,
            Map<String, Tensor> tensors) {
        super(file, arena, config, tensors);
        this.bytes = bytes;
        this.header = header;
    }

    static GgufFiles open(Path file) {
        Arena arena = Arena.ofShared();
        try {
            MemorySegment bytes = MappedFile.map(file, arena);
            GgufReader.Header header = GgufReader.read(file, bytes);
            ModelConfig config = GgufConfig.of(header);
            Map<String, Tensor> tensors = new LinkedHashMap<>(header.tensors());
            Family.ofGguf(file, config.architecture()).split(config, tensors);
            TensorCheck.check(file, config, tensors);
            return new GgufFiles(file, arena, bytes, header, config, tensors);
        } catch (Throwable e) {
            arena.close();
            throw e;
        }
    }

    @Override
    HfTokenizer makeTokenizer() {
        return GgufVocabulary.of(header.metadata()).tokenizer();
    }

    @Override
    Optional<ChatTemplate> makeChatTemplate() {
        Optional<String> source = header.metadata().text("tokenizer.chat_template");
        GgufMetadata metadata = header.metadata();
        return ChatTemplates.of(
                source,
                this::tokenizer,
                Map.of(
                        "bos_token", (int) metadata.whole("tokenizer.ggml.bos_token_id", -1),
                        "eos_token", (int) metadata.whole("tokenizer.ggml.eos_token_id", -1),
                        "unk_token", (int) metadata.whole("tokenizer.ggml.unknown_token_id", -1),
                        "pad_token", (int) metadata.whole("tokenizer.ggml.padding_token_id", -1)));
    }

    @Override
    String makeFingerprint() {
        return new Fingerprint().add("gguf", bytes, header.dataOffset()).hex();
    }
}
