/** Run real guests over real engines; the dummy driver where only the machinery matters, the CPU driver where text does. */
@org.jspecify.annotations.NullMarked
package pie.runtime;
