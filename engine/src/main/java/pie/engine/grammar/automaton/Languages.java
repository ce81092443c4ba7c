package pie.engine.grammar.automaton;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Combine automata: intersection and difference by product. Results are minimal. */
public final class Languages {
    private Languages() {}

    public static Dfa intersection(Dfa a, Dfa b, Budget budget) {
        return product(a, b, false, budget);
    }

    /** Return the words of {@code a} that are not words of {@code b}. */
    public static Dfa difference(Dfa a, Dfa b, Budget budget) {
        return product(a, b, true, budget);
    }

    /** A state of {@code b} of -1 stands for "no longer a prefix of any of its words". */
    private static Dfa product(Dfa a, Dfa b, boolean complementB, Budget budget) {
        Map<Long, Integer> numbers = new HashMap<>();
        List<long[]> pairs = new ArrayList<>();
        List<int[]> rows = new ArrayList<>();
        BitSet finals = new BitSet();
        numbers.put(key(0, 0), 0);
        pairs.add(new long[] {0, 0});
        for (int i = 0; i < pairs.size(); i++) {
            int p = (int) pairs.get(i)[0];
            int q = (int) pairs.get(i)[1];
            boolean inB = q >= 0 && b.isFinal(q);
            if (a.isFinal(p) && inB != complementB) {
                finals.set(i);
            }
            List<int[]> made = new ArrayList<>();
            int[] left = a.edges()[p];
            int[] right = q < 0 ? new int[0] : b.edges()[q];
            int r = 0;
            for (int e = 0; e < left.length; e += 3) {
                int low = left[e];
                while (low <= left[e + 1]) {
                    while (r < right.length && right[r + 1] < low) {
                        r += 3;
                    }
                    int high = left[e + 1];
                    int other = -1;
                    if (r < right.length && right[r] <= low) {
                        high = Math.min(high, right[r + 1]);
                        other = right[r + 2];
                    } else if (r < right.length) {
                        high = Math.min(high, right[r] - 1);
                    }
                    if (other >= 0 || complementB) {
                        made.add(new int[] {low, high, number(left[e + 2], other, numbers, pairs, budget)});
                    }
                    low = high + 1;
                }
            }
            int[] row = new int[3 * made.size()];
            for (int k = 0; k < made.size(); k++) {
                System.arraycopy(made.get(k), 0, row, 3 * k, 3);
            }
            rows.add(row);
        }
        return Minimizer.minimize(new Dfa(rows.toArray(int[][]::new), finals));
    }

    private static int number(int p, int q, Map<Long, Integer> numbers, List<long[]> pairs, Budget budget) {
        @Nullable Integer known = numbers.get(key(p, q));
        if (known != null) {
            return known;
        }
        budget.spend(1);
        numbers.put(key(p, q), pairs.size());
        pairs.add(new long[] {p, q});
        return pairs.size() - 1;
    }

    private static long key(int p, int q) {
        return ((long) p << 32) | (q & 0xffffffffL);
    }

    /** Return the words of {@code least} to {@code most} symbols from 0 to {@code symbols - 1}; {@code most} may be unbounded. */
    public static Dfa lengths(int symbols, int least, int most, Budget budget) {
        boolean bounded = most != Integer.MAX_VALUE;
        int states = (bounded ? most : least) + 1;
        budget.spend(states);
        int[][] rows = new int[states][];
        BitSet finals = new BitSet();
        for (int i = 0; i < states; i++) {
            int next = i + 1 < states ? i + 1 : bounded ? -1 : i;
            rows[i] = next < 0 ? new int[0] : new int[] {0, symbols - 1, next};
            if (i >= least) {
                finals.set(i);
            }
        }
        return new Dfa(rows, finals);
    }

    /** Return the words of the automaton of {@code least} to {@code most} symbols, all below {@code symbols}. */
    public static Dfa withLength(Dfa words, int symbols, int least, int most, Budget budget) {
        int longest = longest(words);
        // Many patterns bound their length themselves; a counter beside them would only cost states.
        int needed = most >= longest ? Integer.MAX_VALUE : most;
        return least == 0 && needed == Integer.MAX_VALUE
                ? words
                : intersection(words, lengths(symbols, least, needed, budget), budget);
    }

    /** Returns the length of the longest word of a trimmed automaton, {@link Integer#MAX_VALUE} for none. */
    private static int longest(Dfa words) {
        int n = words.size();
        int[] length = new int[n];
        int[] into = new int[n];
        for (int[] row : words.edges()) {
            for (int e = 2; e < row.length; e += 3) {
                into[row[e]]++;
            }
        }
        int[] order = new int[n];
        int count = 0;
        if (into[0] == 0) {
            order[count++] = 0;
        }
        int longest = 0;
        for (int i = 0; i < count; i++) {
            int[] row = words.edges()[order[i]];
            longest = Math.max(longest, length[order[i]]);
            for (int e = 2; e < row.length; e += 3) {
                length[row[e]] = Math.max(length[row[e]], length[order[i]] + 1);
                if (--into[row[e]] == 0) {
                    order[count++] = row[e];
                }
            }
        }
        return count == n ? longest : Integer.MAX_VALUE;
    }

    /** Return the automaton of a finite set of words. */
    public static Dfa words(Iterable<int[]> words, Budget budget) {
        Nfa nfa = new Nfa(budget);
        for (int[] word : words) {
            int at = nfa.start();
            for (int symbol : word) {
                int next = nfa.add();
                nfa.edge(at, symbol, symbol, next);
                at = next;
            }
            nfa.move(at, nfa.end());
        }
        return Minimizer.minimize(Determinizer.determinize(nfa, budget));
    }
}
