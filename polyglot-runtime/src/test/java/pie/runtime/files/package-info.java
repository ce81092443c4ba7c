@org.jspecify.annotations.NullMarked
package pie.runtime.files;
