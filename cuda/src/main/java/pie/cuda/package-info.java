/**
 * Run models on CUDA devices: find them, load kernels and weights, and run steps on one stream from one thread.
 *
 * <p>A machine without a device pays a failed look-up of the driver library and nothing else; JCuda is touched only after that look-up found
 * one.
 */
@org.jspecify.annotations.NullMarked
package pie.cuda;
