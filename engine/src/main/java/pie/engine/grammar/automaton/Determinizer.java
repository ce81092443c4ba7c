package pie.engine.grammar.automaton;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turn an {@link Nfa} into a {@link Dfa} by subset construction over ranges of symbols. */
public final class Determinizer {
    private record Subset(int[] states) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Subset that && Arrays.equals(states, that.states);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(states);
        }
    }

    private final Nfa nfa;
    private final Budget budget;
    private final Map<Subset, Integer> numbers = new HashMap<>();
    private final List<Subset> subsets = new ArrayList<>();
    private final List<int[]> rows = new ArrayList<>();
    private final BitSet finals = new BitSet();

    private final int[] stamp;
    private int stamps;
    private int[] members = new int[64];
    private int memberCount;

    private long[] bounds = new long[64];
    private int[] cover = new int[64];

    private Determinizer(Nfa nfa, Budget budget) {
        this.nfa = nfa;
        this.budget = budget;
        this.stamp = new int[nfa.size()];
    }

    public static Dfa determinize(Nfa nfa, Budget budget) {
        return new Determinizer(nfa, budget).run();
    }

    private Dfa run() {
        begin();
        add(nfa.start(), true, false);
        number(true);
        for (int i = 0; i < subsets.size(); i++) {
            rows.add(row(subsets.get(i)));
        }
        return new Dfa(rows.toArray(int[][]::new), finals);
    }

    private void begin() {
        stamps++;
        memberCount = 0;
    }

    /** Adds a state and all that moves reach; only states that read something or accept become members. */
    private void add(int state, boolean atStart, boolean atEnd) {
        if (stamp[state] == stamps) {
            return;
        }
        stamp[state] = stamps;
        int[] row = nfa.row(state);
        int used = nfa.used(state);
        boolean kept = state == nfa.end();
        for (int i = 0; i < used; i += 3) {
            if (row[i] >= 0 || row[i] == Nfa.AT_END) {
                kept = true;
            }
            if (row[i] < 0 && Nfa.passes(row[i], atStart, atEnd)) {
                add(row[i + 2], atStart, atEnd);
            }
        }
        if (kept) {
            if (memberCount == members.length) {
                members = Arrays.copyOf(members, 2 * memberCount);
            }
            members[memberCount++] = state;
        }
    }

    private int number(boolean atStart) {
        int[] states = Arrays.copyOf(members, memberCount);
        Arrays.sort(states);
        Subset subset = new Subset(states);
        @Nullable Integer known = numbers.get(subset);
        if (known != null) {
            return known;
        }
        budget.spend(1);
        int number = subsets.size();
        // The start has a number of its own: whether it accepts may depend on moves that only it may make.
        if (!atStart) {
            numbers.put(subset, number);
        }
        subsets.add(subset);
        begin();
        for (int state : states) {
            add(state, atStart, true);
        }
        if (stamp[nfa.end()] == stamps) {
            finals.set(number);
        }
        return number;
    }

    private int[] row(Subset subset) {
        int edges = 0;
        for (int state : subset.states()) {
            int[] row = nfa.row(state);
            for (int i = 0; i < nfa.used(state); i += 3) {
                if (row[i] >= 0) {
                    edges++;
                }
            }
        }
        if (edges == 0) {
            return new int[0];
        }
        int[] low = new int[edges];
        int[] high = new int[edges];
        int[] target = new int[edges];
        if (bounds.length < 2 * edges) {
            bounds = new long[4 * edges];
            cover = new int[4 * edges];
        }
        int n = 0;
        int points = 0;
        for (int state : subset.states()) {
            int[] row = nfa.row(state);
            for (int i = 0; i < nfa.used(state); i += 3) {
                if (row[i] >= 0) {
                    low[n] = row[i];
                    high[n] = row[i + 1];
                    target[n] = row[i + 2];
                    // Even keys open an edge, odd ones close it.
                    bounds[points++] = ((long) row[i] << 32) | (2L * n);
                    bounds[points++] = ((row[i + 1] + 1L) << 32) | (2L * n + 1);
                    n++;
                }
            }
        }
        Arrays.sort(bounds, 0, points);
        int covered = 0;
        int[] made = new int[3 * points];
        int size = 0;
        for (int p = 0; p < points; ) {
            int at = (int) (bounds[p] >>> 32);
            for (; p < points && (int) (bounds[p] >>> 32) == at; p++) {
                int edge = (int) bounds[p] >>> 1;
                if ((bounds[p] & 1) == 0) {
                    cover[covered++] = edge;
                } else {
                    for (int k = 0; k < covered; k++) {
                        if (cover[k] == edge) {
                            cover[k] = cover[--covered];
                            break;
                        }
                    }
                }
            }
            if (covered == 0 || p == points) {
                continue;
            }
            int to = (int) (bounds[p] >>> 32) - 1;
            begin();
            for (int k = 0; k < covered; k++) {
                add(target[cover[k]], false, false);
            }
            int next = number(false);
            if (size > 0 && made[size - 1] == next && made[size - 2] == at - 1) {
                made[size - 2] = to;
            } else {
                made[size] = at;
                made[size + 1] = to;
                made[size + 2] = next;
                size += 3;
            }
        }
        return Arrays.copyOf(made, size);
    }
}
