/** EBNF grammars of the GBNF style. */
@NullMarked
package pie.engine.grammar.ebnf;

import org.jspecify.annotations.NullMarked;
