/** Test the parts of the interface that need no process. */
@org.jspecify.annotations.NullMarked
package pie.inferlet;
