/**
 * Constrained decoding: grammars from JSON Schema, regular expressions and EBNF, compiled against a tokenizer's vocabulary, and
 * matchers that say which tokens may come next.
 *
 * <pre>
 * source ─► expressions ─► automaton per rule ─► pushdown automaton ┐
 *                                     tokenizer ─► token trie ──────┴─► Matcher: state ─► mask
 * </pre>
 *
 * <p>A {@link pie.engine.grammar.Grammar} is immutable and shared; what it remembers of masks is safe for use from several threads.
 * A match state is an immutable set of stacks whose nodes are shared with the states before it, so that fork and rollback copy
 * nothing. Matching holds no lock, no clock and no thread; compiling gets the clock it measures its limit with.
 */
@NullMarked
package pie.engine.grammar;

import org.jspecify.annotations.NullMarked;
