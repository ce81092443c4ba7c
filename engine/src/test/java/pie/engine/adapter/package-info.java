@org.jspecify.annotations.NullMarked
package pie.engine.adapter;
