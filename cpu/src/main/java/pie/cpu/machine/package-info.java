/**
 * Assemble machine code in memory and call it, for the few loops that Java has no instructions for.
 *
 * <p>Nothing here knows what the code computes; see {@link pie.cpu.kernel.IntegerDot}.
 */
@org.jspecify.annotations.NullMarked
package pie.cpu.machine;
