/** Test the grammar benchmark and the coverage of JSON Schema. */
@org.jspecify.annotations.NullMarked
package pie.bench.grammar;
