package pie.engine.generate;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import pie.engine.PieException;

/** Find stop strings in the bytes of generated tokens, fed one by one, and say which tokens may still become part of one. */
public final class StopMatcher {
    private final byte[][] patterns;
    private final int[][] fallback;
    private final int[] state;
    private long total;
    private long[] heldEnd = new long[16];
    private int held;

    public StopMatcher(List<String> strings) {
        patterns = new byte[strings.size()][];
        fallback = new int[strings.size()][];
        state = new int[strings.size()];
        for (int p = 0; p < patterns.length; p++) {
            if (strings.get(p).isEmpty()) {
                throw PieException.invalid("stop holds an empty string: leave it out");
            }
            patterns[p] = strings.get(p).getBytes(StandardCharsets.UTF_8);
            fallback[p] = fallback(patterns[p]);
        }
    }

    /** Return how many of the last tokens may be the beginning of a match. */
    public int held() {
        return held;
    }

    public void reset() {
        Arrays.fill(state, 0);
        held = 0;
    }

    /** Add a token. Return how many of the last tokens, this one included, touch a match; 0 if there is none. */
    public int feed(byte[] bytes) {
        if (patterns.length == 0) {
            return 0;
        }
        if (held == heldEnd.length) {
            heldEnd = Arrays.copyOf(heldEnd, 2 * held);
        }
        long end = total;
        heldEnd[held++] = total + bytes.length;
        total += bytes.length;
        for (byte b : bytes) {
            end++;
            int longest = 0;
            for (int p = 0; p < patterns.length; p++) {
                longest = Math.max(longest, advance(p, b) ? patterns[p].length : 0);
            }
            if (longest > 0) {
                return touching(end - longest);
            }
        }
        long undecided = total;
        for (int s : state) {
            undecided = Math.min(undecided, total - s);
        }
        int first = held - touching(undecided);
        System.arraycopy(heldEnd, first, heldEnd, 0, held - first);
        held -= first;
        return 0;
    }

    private int touching(long from) {
        int n = 0;
        while (n < held && heldEnd[held - 1 - n] > from) {
            n++;
        }
        return n;
    }

    private boolean advance(int p, byte b) {
        byte[] pattern = patterns[p];
        int s = state[p];
        while (s > 0 && pattern[s] != b) {
            s = fallback[p][s - 1];
        }
        s = pattern[s] == b ? s + 1 : 0;
        state[p] = s == pattern.length ? fallback[p][s - 1] : s;
        return s == pattern.length;
    }

    private static int[] fallback(byte[] pattern) {
        int[] fallback = new int[pattern.length];
        int k = 0;
        for (int i = 1; i < pattern.length; i++) {
            while (k > 0 && pattern[k] != pattern[i]) {
                k = fallback[k - 1];
            }
            k = pattern[k] == pattern[i] ? k + 1 : 0;
            fallback[i] = k;
        }
        return fallback;
    }
}
