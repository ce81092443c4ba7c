package pie.engine.generate;

import java.util.Arrays;

/**
 * Guess the next tokens of a sequence: those that followed the last few tokens where they stood before. The last 4, 3 or 2 tokens are
 * looked up by hash; a guess that comes true is followed further.
 *
 * <p>Every token that comes is held against the guess, also when nobody drafts, so that the chance of a guess is known beforehand: by
 * how many of the last tokens agree.
 */
public final class PromptLookup {
    /** Most tokens to guess at once. */
    public static final int MOST = 15;

    private static final int LONGEST = 16;
    private static final int SHORTEST = 2;
    private static final int GRAMS = 3;
    private static final double WEIGHT = 1 / 16.0;
    private static final int NONE = -1;

    private int[] tables = new int[0];
    private int tableSize;
    /** Tokens looked at; m-grams are known if they end before the last of them. */
    private int seen;
    /** Place of the guess, and how many tokens before it agree with the end of the sequence. */
    private int place = NONE;

    private int agree;
    /** Share of guesses that came true, by tokens that agreed. */
    private final double[] truth = new double[LONGEST + 1];

    private int[] tokens = new int[0];

    public PromptLookup() {
        for (int n = SHORTEST; n <= LONGEST; n++) {
            truth[n] = 1 - 1.8 / n;
        }
    }

    /**
     * Look at a sequence that has grown, or was cut and has grown again.
     *
     * @param from tokens from here on were generated: they tell how good guesses are
     */
    public void follow(int[] sequence, int length, int from) {
        tokens = sequence;
        if (length < seen) {
            seen = length;
            place = NONE;
        }
        grow(length);
        while (seen < length) {
            meet(seen >= from);
            seen++;
        }
        if (place == NONE) {
            find();
        }
    }

    private void meet(boolean generated) {
        if (place != NONE) {
            boolean hit = tokens[place] == tokens[seen];
            if (generated) {
                truth[agree] += WEIGHT * ((hit ? 1 : 0) - truth[agree]);
            }
            place = hit ? place + 1 : NONE;
            agree = Math.min(LONGEST, agree + 1);
        }
        for (int m = SHORTEST; m < SHORTEST + GRAMS; m++) {
            if (seen >= m) {
                tables[entry(m, seen)] = seen;
            }
        }
        if (place == NONE && generated) {
            seen++;
            find();
            seen--;
        }
    }

    private void grow(int length) {
        int size = Integer.highestOneBit(Math.max(64, 2 * length));
        if (size <= tableSize) {
            return;
        }
        tableSize = 2 * size;
        tables = new int[GRAMS * tableSize];
        Arrays.fill(tables, NONE);
        for (int end = SHORTEST; end < seen; end++) {
            for (int m = SHORTEST; m < SHORTEST + GRAMS && m <= end; m++) {
                tables[entry(m, end)] = end;
            }
        }
    }

    /** Return where the end of an m-gram is kept: the last one that came there. */
    private int entry(int m, int end) {
        int hash = 0;
        for (int i = end - m; i < end; i++) {
            hash = (hash ^ tokens[i]) * 0x9e3779b1;
            hash ^= hash >>> 15;
        }
        return (m - SHORTEST) * tableSize + (hash & (tableSize - 1));
    }

    private void find() {
        place = NONE;
        for (int m = SHORTEST + GRAMS - 1; m >= SHORTEST && place == NONE; m--) {
            int end = seen > m ? tables[entry(m, seen)] : NONE;
            if (end != NONE && end < seen) {
                int n = agreeing(end);
                if (n >= m) {
                    place = end;
                    agree = n;
                }
            }
        }
    }

    private int agreeing(int end) {
        int n = 0;
        while (n < LONGEST && n < end && tokens[end - 1 - n] == tokens[seen - 1 - n]) {
            n++;
        }
        return n;
    }

    /** Say whether there is a guess. */
    public boolean any() {
        return place != NONE;
    }

    /** Return the i-th guessed token, from 0. A guess that reaches the end of the sequence goes on in itself. */
    public int guess(int i) {
        int at = place + i;
        while (at >= seen) {
            at -= seen - place;
        }
        return tokens[at];
    }

    /** Return the chance of the i-th guess to come true if those before it do. */
    public double chance(int i) {
        return place == NONE ? 0 : truth[Math.min(LONGEST, agree + i)];
    }
}
