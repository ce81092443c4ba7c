@org.jspecify.annotations.NullMarked
package pie.engine.grammar;
