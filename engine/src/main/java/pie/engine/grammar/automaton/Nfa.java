package pie.engine.grammar.automaton;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Build a nondeterministic automaton with empty moves. State 0 is the start. Not safe for use from several threads. */
public final class Nfa {
    /** Upper bound of a repetition that has none. */
    public static final int UNBOUNDED = Integer.MAX_VALUE;

    /** What is repeated: builds itself between two states. */
    public interface Part {
        void build(int from, int to);
    }

    /** Labels of moves that read nothing: always, only before the first symbol, only after the last one. */
    private static final int ALWAYS = -1;

    private static final int AT_START = -2;
    static final int AT_END = -3;

    /** Per state: low, high, target …; moves that read nothing have a negative low. */
    private final List<int[]> rows = new ArrayList<>();

    /** More are never made minimal within any budget. */
    private static final int MOST_STATES = 1 << 20;

    private final List<Integer> used = new ArrayList<>();
    private final Budget budget;
    private final int end;

    public Nfa(Budget budget) {
        this.budget = budget;
        add();
        this.end = add();
    }

    public int start() {
        return 0;
    }

    /** Return the one accepting state. */
    public int end() {
        return end;
    }

    public int size() {
        return rows.size();
    }

    public int add() {
        if ((rows.size() & 1023) == 1023) {
            budget.spend(0);
            if (rows.size() > MOST_STATES) {
                budget.spend(MOST_STATES);
            }
        }
        rows.add(new int[6]);
        used.add(0);
        return rows.size() - 1;
    }

    /** Build a part {@code least} to {@code most} times in a row, which may be {@link #UNBOUNDED}. */
    public void repeat(Part part, int least, int most, int from, int to) {
        int at = from;
        for (int i = 0; i < least; i++) {
            int next = add();
            part.build(at, next);
            at = next;
        }
        if (most == UNBOUNDED) {
            int loop = add();
            move(at, loop);
            part.build(loop, loop);
            move(loop, to);
            return;
        }
        move(at, to);
        for (int i = least; i < most; i++) {
            int next = add();
            part.build(at, next);
            move(next, to);
            at = next;
        }
    }

    public void edge(int from, int low, int high, int to) {
        int size = used.get(from);
        int[] row = rows.get(from);
        if (size == row.length) {
            row = Arrays.copyOf(row, 2 * size);
            rows.set(from, row);
        }
        row[size] = low;
        row[size + 1] = high;
        row[size + 2] = to;
        used.set(from, size + 3);
    }

    public void move(int from, int to) {
        edge(from, ALWAYS, ALWAYS, to);
    }

    /** Add a move that may be made only before any symbol was read. */
    public void moveAtStart(int from, int to) {
        edge(from, AT_START, AT_START, to);
    }

    /** Add a move that may be made only if no symbol follows. */
    public void moveAtEnd(int from, int to) {
        edge(from, AT_END, AT_END, to);
    }

    int[] row(int state) {
        return rows.get(state);
    }

    int used(int state) {
        return used.get(state);
    }

    static boolean passes(int label, boolean atStart, boolean atEnd) {
        return label == ALWAYS || (label == AT_START && atStart) || (label == AT_END && atEnd);
    }
}
