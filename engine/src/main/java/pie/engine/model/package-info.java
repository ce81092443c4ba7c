/**
 * Read model files: GGUF and safetensors weights, configuration, tokenizer and chat template. One file per family of models
 * ({@code Family}) says how it differs from the plain decoder; drivers see tensors of all families alike, and {@link Traits}.
 */
@org.jspecify.annotations.NullMarked
package pie.engine.model;
