package pie.server.openai;

import java.util.ArrayList;
import java.util.List;
import pie.engine.model.Tokenizer;

/** Say how likely a token was, and which were the likeliest in its place; natural logarithms. */
record TokenLogprob(int token, double logprob, List<Likely> top) {
    private static final double NEVER = -9999;

    /** Name one of the likeliest. */
    record Likely(int token, double logprob) {}

    /** Read all logits of a row. */
    static TokenLogprob of(int token, float[] logits, int top) {
        float max = Float.NEGATIVE_INFINITY;
        for (float l : logits) {
            max = Math.max(max, l);
        }
        double sum = 0;
        for (float l : logits) {
            sum += Math.exp((double) l - max);
        }
        double log = max + Math.log(sum);
        var likely = new ArrayList<Likely>(top);
        int[] best = best(logits, top);
        for (int id : best) {
            likely.add(new Likely(id, logits[id] - log));
        }
        return new TokenLogprob(token, logits[token] - log, List.copyOf(likely));
    }

    /** Return the ids of the highest logits, descending, lower ids first among equals. */
    private static int[] best(float[] logits, int top) {
        int[] best = new int[Math.min(top, logits.length)];
        int n = 0;
        for (int id = 0; id < logits.length && best.length > 0; id++) {
            if (n == best.length && logits[id] <= logits[best[n - 1]]) {
                continue;
            }
            int at = n < best.length ? n++ : n - 1;
            while (at > 0 && logits[best[at - 1]] < logits[id]) {
                best[at] = best[at - 1];
                at--;
            }
            best[at] = id;
        }
        return best;
    }

    /** JSON has no infinities: what cannot come is told as the least that a client expects. */
    static double finite(double logprob) {
        return Math.max(logprob, NEVER);
    }

    static String text(Tokenizer tokenizer, int token) {
        return new String(tokenizer.tokenBytes(token), java.nio.charset.StandardCharsets.UTF_8);
    }
}
