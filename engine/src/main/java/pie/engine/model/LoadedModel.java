package pie.engine.model;

import java.util.Optional;

/** Bring together what a program may know of a loaded model. */
public record LoadedModel(String name, ModelConfig config, Tokenizer tokenizer, Optional<ChatTemplate> chatTemplate) {}
