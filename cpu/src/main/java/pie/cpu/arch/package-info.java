/** Build the layers of a model family from shared blocks: one file per family. */
@org.jspecify.annotations.NullMarked
package pie.cpu.arch;
