package pie.engine.model;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/** Give access to one model on disk: configuration, tensors, tokenizer and chat template. Closing unmaps the tensors. */
public interface ModelFiles extends AutoCloseable {
    Path path();

    ModelConfig config();

    Set<String> tensorNames();

    Optional<Tensor> find(String name);

    /** @throws pie.engine.PieException NOT_FOUND, naming the tensor */
    Tensor tensor(String name);

    /** Return a digest over configuration, tokenizer and tensor bytes or, for large files, their sizes and checksums; hex. */
    String fingerprint();

    Tokenizer tokenizer();

    /** Return the model's own chat template, or the built-in one of its family where the file has none; empty if neither. */
    Optional<ChatTemplate> chatTemplate();

    @Override
    void close();
}
