/** Regular expressions of JavaScript's flavour (ECMA-262 with the {@code u} flag's view of characters), as automata over code points. */
@NullMarked
package pie.engine.grammar.regex;

import org.jspecify.annotations.NullMarked;
