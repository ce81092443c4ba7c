/** The interface that programs see, in Java; the Python and JavaScript modules are thin facades over these objects. */
@org.jspecify.annotations.NullMarked
package pie.inferlet;
