@org.jspecify.annotations.NullMarked
package pie.bench;
