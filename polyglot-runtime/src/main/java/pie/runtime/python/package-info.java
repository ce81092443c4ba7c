/** Run Python programs on GraalPy: contexts prepared with the package {@code inferlet} and, where there is time, asyncio; one program each. */
@org.jspecify.annotations.NullMarked
package pie.runtime.python;
