package pie.bench;

/**
 * Describe one kernel at one size.
 *
 * @param kernels what computes it
 * @param calls in one run: one for each layer
 * @param bytes that a run has to read at least: weights, or keys and values
 * @param flop multiplications and additions of a run
 * @param run all calls
 */
record KernelCase(String name, int rows, String kernels, int calls, double bytes, double flop, Runnable run) {}
