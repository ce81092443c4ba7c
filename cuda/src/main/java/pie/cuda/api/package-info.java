/**
 * Call the CUDA driver API: few functions, one stream, one thread. {@link pie.cuda.api.CudaApi} is the seam behind which JCuda can be
 * replaced; nothing else of pie names a class of JCuda.
 */
@org.jspecify.annotations.NullMarked
package pie.cuda.api;
