package pie.engine.grammar.automaton;

import java.util.Arrays;
import java.util.BitSet;

/**
 * Make automata minimal: states that cannot be reached or cannot reach an accepting state are dropped, equivalent ones merged, the
 * rest numbered in the order of a search from the start. Partition refinement over blocks of states and cords of edges after
 * Valmari, "Fast brief practical DFA minimization" (2012): O(m log m) for m edges.
 */
public final class Minimizer {
    private Minimizer() {}

    public static Dfa minimize(Dfa dfa) {
        Dfa live = trim(dfa);
        return live.size() == 1 || live.isEmpty() ? live : new Refinement(live).result();
    }

    /** Drop what is unreachable or dead, and number the rest breadth first. */
    public static Dfa trim(Dfa dfa) {
        int n = dfa.size();
        BitSet productive = productive(dfa);
        if (!productive.get(0)) {
            return Dfa.NOTHING;
        }
        int[] number = new int[n];
        Arrays.fill(number, -1);
        int[] order = new int[n];
        int count = 1;
        number[0] = 0;
        int[][] rows = new int[n][];
        BitSet finals = new BitSet();
        for (int i = 0; i < count; i++) {
            int[] row = dfa.edges()[order[i]];
            int[] kept = new int[row.length];
            int size = 0;
            for (int e = 0; e < row.length; e += 3) {
                int target = row[e + 2];
                if (!productive.get(target)) {
                    continue;
                }
                if (number[target] < 0) {
                    number[target] = count;
                    order[count++] = target;
                }
                if (size > 0 && kept[size - 1] == number[target] && kept[size - 2] == row[e] - 1) {
                    kept[size - 2] = row[e + 1];
                } else {
                    kept[size] = row[e];
                    kept[size + 1] = row[e + 1];
                    kept[size + 2] = number[target];
                    size += 3;
                }
            }
            rows[i] = Arrays.copyOf(kept, size);
            if (dfa.isFinal(order[i])) {
                finals.set(i);
            }
        }
        return new Dfa(Arrays.copyOf(rows, count), finals);
    }

    private static BitSet productive(Dfa dfa) {
        int n = dfa.size();
        int[] heads = new int[n + 1];
        for (int[] row : dfa.edges()) {
            for (int e = 2; e < row.length; e += 3) {
                heads[row[e] + 1]++;
            }
        }
        for (int i = 0; i < n; i++) {
            heads[i + 1] += heads[i];
        }
        int[] sources = new int[heads[n]];
        int[] fill = Arrays.copyOf(heads, n);
        for (int state = 0; state < n; state++) {
            int[] row = dfa.edges()[state];
            for (int e = 2; e < row.length; e += 3) {
                sources[fill[row[e]]++] = state;
            }
        }
        BitSet productive = (BitSet) dfa.finals().clone();
        int[] work = new int[n];
        int top = 0;
        for (int f = productive.nextSetBit(0); f >= 0; f = productive.nextSetBit(f + 1)) {
            work[top++] = f;
        }
        while (top > 0) {
            int state = work[--top];
            for (int i = heads[state]; i < heads[state + 1]; i++) {
                if (!productive.get(sources[i])) {
                    productive.set(sources[i]);
                    work[top++] = sources[i];
                }
            }
        }
        return productive;
    }

    /** A partition of 0..n-1 with marking and splitting in time proportional to the marks. */
    private static final class Partition {
        final int[] elements;
        final int[] place;
        final int[] set;
        final int[] first;
        final int[] past;
        final int[] marked;
        final int[] touched;
        int count;
        int touchedCount;

        Partition(int n) {
            elements = new int[n];
            place = new int[n];
            set = new int[n];
            first = new int[n];
            past = new int[n];
            marked = new int[n];
            touched = new int[n];
            for (int i = 0; i < n; i++) {
                elements[i] = i;
                place[i] = i;
            }
            if (n > 0) {
                count = 1;
                past[0] = n;
            }
        }

        void mark(int element) {
            int s = set[element];
            int i = place[element];
            int j = first[s] + marked[s];
            if (i < j) {
                return;
            }
            elements[i] = elements[j];
            place[elements[i]] = i;
            elements[j] = element;
            place[element] = j;
            if (marked[s]++ == 0) {
                touched[touchedCount++] = s;
            }
        }

        void split() {
            while (touchedCount > 0) {
                int s = touched[--touchedCount];
                int j = first[s] + marked[s];
                if (j == past[s]) {
                    marked[s] = 0;
                    continue;
                }
                if (marked[s] <= past[s] - j) {
                    first[count] = first[s];
                    past[count] = j;
                    first[s] = j;
                } else {
                    past[count] = past[s];
                    first[count] = j;
                    past[s] = j;
                }
                for (int i = first[count]; i < past[count]; i++) {
                    set[elements[i]] = count;
                }
                marked[s] = 0;
                marked[count++] = 0;
            }
        }
    }

    private static final class Refinement {
        private final Dfa dfa;
        private final Partition blocks;

        Refinement(Dfa dfa) {
            this.dfa = dfa;
            this.blocks = new Partition(dfa.size());
            refine();
        }

        private void refine() {
            int n = dfa.size();
            int[] classes = symbolClasses();
            int m = 0;
            for (int[] row : dfa.edges()) {
                for (int e = 0; e < row.length; e += 3) {
                    m += classOf(classes, row[e + 1]) - classOf(classes, row[e]) + 1;
                }
            }
            int[] tail = new int[m];
            int[] head = new int[m];
            int[] label = new int[m];
            int[] labelStart = new int[classes.length + 1];
            int t = 0;
            for (int state = 0; state < n; state++) {
                int[] row = dfa.edges()[state];
                for (int e = 0; e < row.length; e += 3) {
                    int last = classOf(classes, row[e + 1]);
                    for (int c = classOf(classes, row[e]); c <= last; c++) {
                        tail[t] = state;
                        head[t] = row[e + 2];
                        label[t++] = c;
                        labelStart[c + 1]++;
                    }
                }
            }
            for (int f = dfa.finals().nextSetBit(0); f >= 0; f = dfa.finals().nextSetBit(f + 1)) {
                blocks.mark(f);
            }
            blocks.split();

            Partition cords = cords(m, label, labelStart);
            int[] into = new int[n + 1];
            for (int h : head) {
                into[h + 1]++;
            }
            for (int i = 0; i < n; i++) {
                into[i + 1] += into[i];
            }
            int[] incoming = new int[m];
            int[] fill = Arrays.copyOf(into, n);
            for (int i = 0; i < m; i++) {
                incoming[fill[head[i]]++] = i;
            }
            int b = 1;
            for (int c = 0; c < cords.count; c++) {
                for (int i = cords.first[c]; i < cords.past[c]; i++) {
                    blocks.mark(tail[cords.elements[i]]);
                }
                blocks.split();
                for (; b < blocks.count; b++) {
                    for (int i = blocks.first[b]; i < blocks.past[b]; i++) {
                        int state = blocks.elements[i];
                        for (int j = into[state]; j < into[state + 1]; j++) {
                            cords.mark(incoming[j]);
                        }
                    }
                    cords.split();
                }
            }
        }

        /** One cord for each label to begin with. */
        private static Partition cords(int m, int[] label, int[] labelStart) {
            Partition cords = new Partition(m);
            cords.count = 0;
            for (int c = 1; c < labelStart.length; c++) {
                labelStart[c] += labelStart[c - 1];
            }
            int[] fill = labelStart.clone();
            for (int i = 0; i < m; i++) {
                int at = fill[label[i]]++;
                cords.elements[at] = i;
                cords.place[i] = at;
            }
            for (int c = 0; c + 1 < labelStart.length; c++) {
                if (labelStart[c] == labelStart[c + 1]) {
                    continue;
                }
                cords.first[cords.count] = labelStart[c];
                cords.past[cords.count] = labelStart[c + 1];
                for (int i = labelStart[c]; i < labelStart[c + 1]; i++) {
                    cords.set[cords.elements[i]] = cords.count;
                }
                cords.count++;
            }
            return cords;
        }

        /** Lowest symbols of the coarsest ranges that no edge of the automaton tells apart. */
        private int[] symbolClasses() {
            int[] points = new int[64];
            int count = 0;
            for (int[] row : dfa.edges()) {
                for (int e = 0; e < row.length; e += 3) {
                    if (count + 2 > points.length) {
                        count = distinct(points, count);
                        if (count + 2 > points.length / 2) {
                            points = Arrays.copyOf(points, 2 * points.length);
                        }
                    }
                    points[count++] = row[e];
                    points[count++] = row[e + 1] + 1;
                }
            }
            return Arrays.copyOf(points, distinct(points, count));
        }

        private static int distinct(int[] points, int count) {
            Arrays.sort(points, 0, count);
            int kept = 0;
            for (int i = 0; i < count; i++) {
                if (kept == 0 || points[kept - 1] != points[i]) {
                    points[kept++] = points[i];
                }
            }
            return kept;
        }

        private static int classOf(int[] classes, int symbol) {
            int at = Arrays.binarySearch(classes, symbol);
            return at >= 0 ? at : -at - 2;
        }

        Dfa result() {
            int n = blocks.count;
            int[][] rows = new int[n][];
            BitSet finals = new BitSet();
            // The start's block must be number 0: swap it with whichever has that number.
            int start = blocks.set[0];
            for (int block = 0; block < n; block++) {
                int state = blocks.elements[blocks.first[block]];
                int number = renumber(block, start);
                int[] row = dfa.edges()[state].clone();
                for (int e = 2; e < row.length; e += 3) {
                    row[e] = renumber(blocks.set[row[e]], start);
                }
                rows[number] = row;
                if (dfa.isFinal(state)) {
                    finals.set(number);
                }
            }
            return trim(new Dfa(rows, finals));
        }

        private static int renumber(int block, int start) {
            return block == start ? 0 : block == 0 ? start : block;
        }
    }
}
