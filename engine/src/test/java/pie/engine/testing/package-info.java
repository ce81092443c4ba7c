/** Share fixtures among the tests of all modules. */
@org.jspecify.annotations.NullMarked
package pie.engine.testing;
