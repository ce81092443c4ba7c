package pie.engine.grammar;

import java.util.Arrays;

/**
 * Remember who waits for a rule begun at one place of the text: for each caller the place to return to and the node of its own rule.
 * Nodes form a graph that all states of a matcher share; one that is no longer being made is immutable.
 */
final class StackNode {
    /** Nobody waits: the text may end. */
    static final StackNode ROOT = new StackNode(-1);

    /** Who waits is not known. */
    static final StackNode BOTTOM = new StackNode(-1);

    private final int rule;
    private int[] places = new int[1];
    private StackNode[] callers = new StackNode[1];
    private int count;

    StackNode(int rule) {
        this.rule = rule;
    }

    int rule() {
        return rule;
    }

    int count() {
        return count;
    }

    int place(int edge) {
        return places[edge];
    }

    StackNode caller(int edge) {
        return callers[edge];
    }

    /** Add a caller; only while the node is being made. */
    void add(int place, StackNode caller) {
        for (int i = 0; i < count; i++) {
            if (places[i] == place && callers[i] == caller) {
                return;
            }
        }
        if (count == places.length) {
            places = Arrays.copyOf(places, 2 * count);
            callers = Arrays.copyOf(callers, 2 * count);
        }
        places[count] = place;
        callers[count++] = caller;
    }
}
