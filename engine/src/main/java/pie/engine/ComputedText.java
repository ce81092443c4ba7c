package pie.engine;

import java.util.Arrays;

/**
 * Know runs of tokens that a process has had computed, wherever they stood in a sequence. A run is known by the hashes of some of its
 * windows, chosen by their content, so that it is found again at another place.
 *
 * <p>After Schleimer, Wilkerson, Aiken, Winnowing: Local Algorithms for Document Fingerprinting, SIGMOD 2003.
 */
final class ComputedText {
    private static final int WINDOW = 16;
    /** One window of so many is kept. */
    private static final int SAMPLE = 4;

    private static final int MOST = 1 << 16;
    private static final long BASE = 0x9e3779b97f4a7c15L;
    private static final long FIRST = power();

    private long[] known = new long[1 << 8];
    private int size;

    private static long power() {
        long power = 1;
        for (int i = 1; i < WINDOW; i++) {
            power *= BASE;
        }
        return power;
    }

    /** Add rows [from, to) of a sequence. Return about how many of them had been added before, as parts of the same runs. */
    int add(int[] tokens, int from, int to) {
        int begin = Math.max(0, from - WINDOW + 1);
        long hash = 0;
        int sampled = 0;
        int found = 0;
        for (int i = begin; i < to; i++) {
            hash = i - begin < WINDOW
                    ? hash * BASE + token(tokens[i])
                    : (hash - token(tokens[i - WINDOW]) * FIRST) * BASE + token(tokens[i]);
            long mixed = mixed(hash);
            if (i - begin >= WINDOW - 1 && i >= from && (mixed & SAMPLE - 1) == 0) {
                sampled++;
                found += put(mixed) ? 0 : 1;
            }
        }
        return sampled == 0 ? 0 : (int) ((long) (to - from) * found / sampled);
    }

    /** Say whether a sequence has begun like this before. */
    boolean knowsBeginning(int[] tokens) {
        return tokens.length >= WINDOW && holds(beginning(tokens));
    }

    void addBeginning(int[] tokens, int length) {
        if (length >= WINDOW) {
            put(beginning(tokens));
        }
    }

    private static long beginning(int[] tokens) {
        long hash = 1;
        for (int i = 0; i < WINDOW; i++) {
            hash = hash * BASE + token(tokens[i]);
        }
        return mixed(~hash);
    }

    private static long token(int id) {
        return id + 1L;
    }

    private static long mixed(long hash) {
        long h = hash;
        h = (h ^ h >>> 32) * 0xd6e8feb86659fd93L;
        h = (h ^ h >>> 32) * 0xd6e8feb86659fd93L;
        h ^= h >>> 32;
        return h == 0 ? SAMPLE : h;
    }

    private boolean holds(long hash) {
        return known[place(known, hash)] == hash;
    }

    /** Add a hash, unless there is no room. Return whether it is new. */
    private boolean put(long hash) {
        int at = place(known, hash);
        if (known[at] == hash) {
            return false;
        }
        if (size < MOST) {
            known[at] = hash;
            if (2 * ++size > known.length) {
                grow();
            }
        }
        return true;
    }

    private void grow() {
        long[] more = new long[2 * known.length];
        for (long hash : Arrays.stream(known).filter(h -> h != 0).toArray()) {
            more[place(more, hash)] = hash;
        }
        known = more;
    }

    private static int place(long[] table, long hash) {
        int at = (int) (hash >>> 8) & table.length - 1;
        while (table[at] != 0 && table[at] != hash) {
            at = at + 1 & table.length - 1;
        }
        return at;
    }
}
