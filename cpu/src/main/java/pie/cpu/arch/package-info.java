/** Pack a model's weights and lay out its layers, from the traits that {@code pie.engine.model} reads of its family. */
@org.jspecify.annotations.NullMarked
package pie.cpu.arch;
