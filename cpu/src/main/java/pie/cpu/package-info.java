/** Run models on the processor: oneDNN matmuls and Vector API kernels over paged KV, chosen by what the processor has. */
@org.jspecify.annotations.NullMarked
package pie.cpu;
