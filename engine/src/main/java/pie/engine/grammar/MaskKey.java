package pie.engine.grammar;

import java.util.Arrays;

/**
 * Name stacks by their states and their callers down to a depth. Keys of one depth are equal exactly if the stacks are alike so far.
 * The same object is filled again and again for look-ups; {@link #copy} makes one to keep.
 */
final class MaskKey {
    private static final int LONGEST = 4096;

    private int[] words = new int[64];
    private int length;
    private int hash;

    /** Fill in the key of the stacks. Returns false if they are too large to have one. */
    boolean fill(Automaton automaton, Stacks stacks, int depth, int horizon) {
        length = 0;
        put(depth << 1 | (stacks.canEnd() ? 1 : 0));
        for (int i = 0; i < stacks.size() && length < LONGEST; i++) {
            long state = stacks.states()[i];
            put(Automaton.place(state));
            put((int) (automaton.kindKey(state, horizon) >>> 32));
            put(stacks.nodes()[i], depth);
        }
        int h = 1;
        for (int i = 0; i < length; i++) {
            h = 31 * h + words[i];
        }
        hash = h;
        return length < LONGEST;
    }

    private void put(StackNode node, int depth) {
        if (depth == 0 || length >= LONGEST) {
            return;
        }
        put(node == StackNode.ROOT ? -1 : node.count());
        for (int i = 0; i < node.count(); i++) {
            put(node.place(i));
            put(node.caller(i), depth - 1);
        }
    }

    private void put(int word) {
        if (length == words.length) {
            words = Arrays.copyOf(words, 2 * length);
        }
        words[length++] = word;
    }

    MaskKey copy() {
        MaskKey copy = new MaskKey();
        copy.words = Arrays.copyOf(words, length);
        copy.length = length;
        copy.hash = hash;
        return copy;
    }

    long memoryBytes() {
        return 56 + 4L * length;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof MaskKey that
                && hash == that.hash
                && Arrays.equals(words, 0, length, that.words, 0, that.length);
    }

    @Override
    public int hashCode() {
        return hash;
    }
}
