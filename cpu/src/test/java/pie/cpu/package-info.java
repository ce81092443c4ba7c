/** Test the cpu driver against references made elsewhere, and its kernels against their twins. */
@org.jspecify.annotations.NullMarked
package pie.cpu;
