/**
 * Compute on the processor: matmuls (own over compact weights, or oneDNN), norms, rotary embedding, attention over paged KV, argmax.
 *
 * <p>Law: every sum has one order that depends on the shape alone, never on how many rows are computed together, so that a row's
 * result is the same bit for bit in any batch. Hence no {@code reduceLanes(ADD)} and no library {@code exp}: both may differ
 * between interpreted and compiled code. Each vector kernel has a twin in {@link pie.cpu.kernel.Scalar} that a test compares.
 */
@org.jspecify.annotations.NullMarked
package pie.cpu.kernel;
