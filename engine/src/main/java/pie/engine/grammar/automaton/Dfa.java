package pie.engine.grammar.automaton;

import java.util.Arrays;
import java.util.BitSet;

/**
 * Hold a deterministic automaton; a missing edge means that nothing matches. State 0 is the start. Equal automata have equal arrays
 * where both are minimal and numbered by {@link Minimizer}.
 *
 * @param edges per state: low, high, target, low, high, target …, sorted by low, without overlap
 */
public record Dfa(int[][] edges, BitSet finals) {
    /** Accepts nothing. */
    public static final Dfa NOTHING = new Dfa(new int[][] {{}}, new BitSet());

    public int size() {
        return edges.length;
    }

    public boolean isFinal(int state) {
        return finals.get(state);
    }

    /** Return whether no word is accepted. True for trimmed automata only if there is no final state. */
    public boolean isEmpty() {
        return finals.isEmpty();
    }

    /** Return the state after a symbol, -1 for none. */
    public int next(int state, int symbol) {
        int[] row = edges[state];
        for (int i = 0; i < row.length; i += 3) {
            if (symbol <= row[i + 1]) {
                return symbol >= row[i] ? row[i + 2] : -1;
            }
        }
        return -1;
    }

    /** Return whether the word of symbols is accepted. */
    public boolean accepts(int[] word) {
        int state = 0;
        for (int symbol : word) {
            state = next(state, symbol);
            if (state < 0) {
                return false;
            }
        }
        return isFinal(state);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Dfa that && finals.equals(that.finals) && Arrays.deepEquals(edges, that.edges);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.deepHashCode(edges) + finals.hashCode();
    }

    @Override
    public String toString() {
        return "Dfa" + Arrays.deepToString(edges) + finals;
    }
}
