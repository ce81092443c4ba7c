/** Tests of model files, tokenizers and templates. */
@org.jspecify.annotations.NullMarked
package pie.engine.model;
