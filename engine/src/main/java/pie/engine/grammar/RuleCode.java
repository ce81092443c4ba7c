package pie.engine.grammar;

import pie.engine.grammar.automaton.Dfa;
import pie.engine.grammar.expr.Symbols;

/**
 * Hold the minimal automaton of one rule over {@link Symbols}.
 *
 * @param kind how the automaton counts
 * @param least fewest characters of a quoted rule
 * @param most most characters of a quoted rule
 */
record RuleCode(Dfa dfa, Kind kind, int least, int most) {
    enum Kind {
        PLAIN,
        /** Self-loops on white space are limited. */
        SPACED,
        /** The automaton reads one character; the rule is a quote, {@code least} to {@code most} of them, and a quote. */
        QUOTED
    }

    boolean callsNothing() {
        for (int[] row : dfa.edges()) {
            if (row.length > 0 && !Symbols.isByte(row[row.length - 2])) {
                return false;
            }
        }
        return true;
    }
}
