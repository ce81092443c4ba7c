/**
 * Measure grammars: what masks and compilations cost, beside peers on the same texts and vocabulary, and which JSON Schemas are taken,
 * refused, or wrongly understood.
 */
@org.jspecify.annotations.NullMarked
package pie.bench.grammar;
