/**
 * The expressions that every grammar source is turned into: {@link pie.engine.grammar.expr.Expr} trees in a table of
 * {@link pie.engine.grammar.expr.Rules}. Expressions are immutable and normal by construction: the factories of {@code Expr}
 * flatten, drop what is empty and fold what can never match.
 */
@NullMarked
package pie.engine.grammar.expr;

import org.jspecify.annotations.NullMarked;
