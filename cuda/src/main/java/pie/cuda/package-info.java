/**
 * Find CUDA devices and libraries through the driver library alone, so that a machine without one costs a failed look-up and nothing
 * else. Running on a device comes with the kernels; until then the provider lists what it found and refuses to open it.
 */
@org.jspecify.annotations.NullMarked
package pie.cuda;
