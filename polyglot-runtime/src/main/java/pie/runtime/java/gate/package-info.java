/**
 * Watch one program from inside: what instrumented code calls. Every program loader defines these classes afresh, so that all their
 * statics belong to one run; programs may not name them. They may use nothing but the library, {@code pie.inferlet.Host},
 * {@code PieException}, {@code ErrorCode} and {@code Stop}.
 *
 * <p>Rules are found by their annotations: {@link pie.runtime.java.gate.Replaces} takes the place of a library method,
 * {@link pie.runtime.java.gate.Guards} runs before a method with its arguments, {@link pie.runtime.java.gate.GuardsNew} before a
 * constructor, {@link pie.runtime.java.gate.Wraps} exchanges a result, {@link pie.runtime.java.gate.Tames} runs after a call that returned a value which could have become too big.
 */
@org.jspecify.annotations.NullMarked
package pie.runtime.java.gate;
