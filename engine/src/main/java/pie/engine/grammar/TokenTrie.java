package pie.engine.grammar;

import java.util.Arrays;

/**
 * Hold the byte strings of tokens as a tree in the order of a depth-first walk: a node's children follow it, and {@code end} is where
 * its subtree ends. Immutable.
 */
final class TokenTrie {
    private final byte[] label;
    private final int[] end;
    private final int[] token;
    private final int[] twin;

    /**
     * @param ids tokens to hold
     * @param bytes byte strings by id
     */
    TokenTrie(int[] ids, byte[][] bytes) {
        Integer[] order = Arrays.stream(ids).boxed().toArray(Integer[]::new);
        Arrays.sort(order, (a, b) -> Arrays.compareUnsigned(bytes[a], bytes[b]));
        int total = 0;
        for (int id : ids) {
            total += bytes[id].length;
        }
        byte[] labels = new byte[total];
        int[] ends = new int[total];
        int[] tokens = new int[total];
        Arrays.fill(tokens, -1);
        this.twin = new int[bytes.length];
        Arrays.fill(twin, -1);
        int nodes = 0;
        int longest = Arrays.stream(ids).map(id -> bytes[id].length).max().orElse(0);
        int[] path = new int[longest];
        byte[] before = new byte[0];
        int depth = 0;
        for (int id : order) {
            byte[] text = bytes[id];
            int shared = Arrays.mismatch(before, text);
            shared = shared < 0 ? text.length : shared;
            for (; depth > shared; depth--) {
                ends[path[depth - 1]] = nodes;
            }
            for (; depth < text.length; depth++) {
                path[depth] = nodes;
                labels[nodes++] = text[depth];
            }
            int node = path[depth - 1];
            twin[id] = tokens[node];
            tokens[node] = id;
            before = text;
        }
        for (; depth > 0; depth--) {
            ends[path[depth - 1]] = nodes;
        }
        this.label = Arrays.copyOf(labels, nodes);
        this.end = Arrays.copyOf(ends, nodes);
        this.token = Arrays.copyOf(tokens, nodes);
    }

    int size() {
        return label.length;
    }

    int label(int node) {
        return label[node] & 0xff;
    }

    /** Return the node after the subtree of this one: its next sibling, or its parent's end. */
    int end(int node) {
        return end[node];
    }

    /** Return a token that ends at this node, -1 for none. */
    int token(int node) {
        return token[node];
    }

    /** Return another token with the same bytes, -1 for none. */
    int twin(int id) {
        return twin[id];
    }
}
