package pie.engine.generate;

import java.util.Arrays;

/** Count tokens of a stretch, each once. Reused by one thread. */
public final class TokenCounts {
    private final int[] count;
    private int[] seen = new int[64];
    private int distinct;

    public TokenCounts(int vocab) {
        count = new int[vocab];
    }

    void count(int[] tokens, int from, int to) {
        for (int i = 0; i < distinct; i++) {
            count[seen[i]] = 0;
        }
        distinct = 0;
        for (int i = from; i < to; i++) {
            if (count[tokens[i]]++ == 0) {
                if (distinct == seen.length) {
                    seen = Arrays.copyOf(seen, 2 * distinct);
                }
                seen[distinct++] = tokens[i];
            }
        }
    }

    int distinct() {
        return distinct;
    }

    int token(int i) {
        return seen[i];
    }

    int times(int token) {
        return count[token];
    }
}
