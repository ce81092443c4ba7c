package pie.engine.grammar;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import pie.engine.ErrorCode;
import pie.engine.PieException;

/**
 * Advance {@link Stacks} by bytes and tokens. After each symbol the stacks are closed: rules that may end return to their callers,
 * and rules that may be called begin. All callers of one rule at one place share one node, so that ambiguity and left recursion cost
 * no more than distinct states. Holds scratch space: not safe for use from several threads.
 */
final class Stepper {
    private final Automaton automaton;
    private long[] states = new long[16];
    private StackNode[] nodes = new StackNode[16];
    private int count;
    private StackNode[] fresh = new StackNode[8];
    private int freshCount;
    private boolean canEnd;
    private boolean atBottom;

    /** Nodes whose callers were looked at since {@link #watch}, while watching. */
    private StackNode[] seen = new StackNode[16];

    private int seenCount = -1;

    Stepper(Automaton automaton) {
        this.automaton = automaton;
    }

    Automaton automaton() {
        return automaton;
    }

    Stacks start() {
        begin();
        add(automaton.start(0), StackNode.ROOT);
        @Nullable Stacks closed = close();
        if (closed == null) {
            throw new PieException(ErrorCode.INTERNAL, "a compiled grammar has no beginning");
        }
        return closed;
    }

    /** Return the stacks after a byte, null if none of them reads it. */
    @Nullable
    Stacks step(Stacks stacks, int b) {
        begin();
        for (int i = 0; i < stacks.states().length; i++) {
            long next = automaton.next(stacks.states()[i], b);
            if (next != Automaton.NONE) {
                add(next, stacks.nodes()[i]);
            }
        }
        return count == 0 ? null : close();
    }

    /** Return the stacks after a token terminal, null if none of them reads it. */
    @Nullable
    Stacks stepToken(Stacks stacks, int token) {
        begin();
        for (int i = 0; i < stacks.states().length; i++) {
            int place = Automaton.place(stacks.states()[i]);
            for (int t = 0; t < automaton.tokenCount(place); t++) {
                if (automaton.tokenId(place, t) == token) {
                    add(automaton.tokenTarget(place, t), stacks.nodes()[i]);
                }
            }
        }
        return count == 0 ? null : close();
    }

    /** Return the stacks that are in one or the other. */
    @Nullable
    Stacks union(@Nullable Stacks one, @Nullable Stacks other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        begin();
        for (Stacks each : new Stacks[] {one, other}) {
            for (int i = 0; i < each.size(); i++) {
                add(each.states()[i], each.nodes()[i]);
            }
        }
        return new Stacks(
                Arrays.copyOf(states, count),
                Arrays.copyOf(nodes, count),
                one.canEnd() || other.canEnd(),
                one.atBottom() || other.atBottom());
    }

    /** Return the closed stacks of one state. */
    @Nullable
    Stacks at(long state, StackNode node) {
        begin();
        add(state, node);
        return close();
    }

    /** Return the stacks after the node's rule has ended. */
    @Nullable
    Stacks returned(StackNode node) {
        begin();
        end(node);
        return close();
    }

    /** Begin to take note of the nodes whose callers are looked at. */
    void watch() {
        seenCount = 0;
    }

    /** Return how many distinct nodes were looked at, and stop taking note; {@link #wasSeen} still answers. */
    boolean wasSeen(StackNode node) {
        for (int i = 0; i < seenCount; i++) {
            if (seen[i] == node) {
                return true;
            }
        }
        return false;
    }

    void unwatch() {
        seenCount = -1;
    }

    private void begin() {
        count = 0;
        freshCount = 0;
        canEnd = false;
        atBottom = false;
    }

    private void add(long state, StackNode node) {
        for (int i = 0; i < count; i++) {
            if (states[i] == state && nodes[i] == node) {
                return;
            }
        }
        if (count == states.length) {
            states = Arrays.copyOf(states, 2 * count);
            nodes = Arrays.copyOf(nodes, 2 * count);
        }
        states[count] = state;
        nodes[count++] = node;
    }

    private @Nullable Stacks close() {
        int kept = 0;
        for (int i = 0; i < count; i++) {
            int flags = automaton.flags(Automaton.place(states[i]));
            if ((flags & Automaton.FINAL) != 0) {
                end(nodes[i]);
            }
            if ((flags & Automaton.CALLS) != 0) {
                call(Automaton.place(states[i]), nodes[i]);
            }
            kept += (flags & (Automaton.READS | Automaton.TOKENS)) != 0 ? 1 : 0;
        }
        if (kept == 0 && !canEnd && !atBottom) {
            return null;
        }
        long[] keptStates = new long[kept];
        StackNode[] keptNodes = new StackNode[kept];
        for (int i = 0, k = 0; k < kept; i++) {
            if ((automaton.flags(Automaton.place(states[i])) & (Automaton.READS | Automaton.TOKENS)) != 0) {
                keptStates[k] = states[i];
                keptNodes[k++] = nodes[i];
            }
        }
        return new Stacks(keptStates, keptNodes, canEnd, atBottom);
    }

    private void end(StackNode node) {
        if (node == StackNode.ROOT) {
            canEnd = true;
        } else if (node == StackNode.BOTTOM) {
            atBottom = true;
        } else if (!isFresh(node)) {
            // A fresh node's rule has read nothing; that it may be empty is known to whoever calls it.
            look(node);
            for (int i = 0; i < node.count(); i++) {
                add(node.place(i), node.caller(i));
            }
        }
    }

    private void call(int place, StackNode node) {
        for (int c = 0; c < automaton.callCount(place); c++) {
            int rule = automaton.callRule(place, c);
            int back = automaton.callReturn(place, c);
            StackNode callee = callee(rule);
            if (automaton.flags(back) == Automaton.FINAL && node.count() > 0 && !isFresh(node)) {
                // Nothing is left to do there: return to the caller's callers, so that lists do not grow the stack.
                look(node);
                for (int i = 0; i < node.count(); i++) {
                    callee.add(node.place(i), node.caller(i));
                }
            } else {
                callee.add(back, node);
            }
            if (automaton.isNullable(rule)) {
                add(back, node);
            }
        }
    }

    private StackNode callee(int rule) {
        for (int i = 0; i < freshCount; i++) {
            if (fresh[i].rule() == rule) {
                return fresh[i];
            }
        }
        StackNode made = new StackNode(rule);
        if (freshCount == fresh.length) {
            fresh = Arrays.copyOf(fresh, 2 * freshCount);
        }
        fresh[freshCount++] = made;
        add(automaton.start(rule), made);
        return made;
    }

    private boolean isFresh(StackNode node) {
        for (int i = 0; i < freshCount; i++) {
            if (fresh[i] == node) {
                return true;
            }
        }
        return false;
    }

    private void look(StackNode node) {
        if (seenCount < 0 || wasSeen(node)) {
            return;
        }
        if (seenCount == seen.length) {
            seen = Arrays.copyOf(seen, 2 * seenCount);
        }
        seen[seenCount++] = node;
    }
}
