/** Read model files: GGUF and safetensors weights, configuration, tokenizer and chat template. */
@org.jspecify.annotations.NullMarked
package pie.engine.model;
