/**
 * Finite automata over integer symbols: subset construction, minimisation, and the algebra of languages. Code points, bytes, calls
 * of rules and tokens are all symbols here; this package does not know which is which.
 */
@NullMarked
package pie.engine.grammar.automaton;

import org.jspecify.annotations.NullMarked;
