/** Find CUDA devices and libraries. */
@org.jspecify.annotations.NullMarked
package pie.cuda;
