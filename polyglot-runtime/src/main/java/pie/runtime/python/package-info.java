/** Run Python programs on GraalPy: contexts prepared with asyncio and the package {@code inferlet}, one program each. */
@org.jspecify.annotations.NullMarked
package pie.runtime.python;
