package pie.engine.generate;

import java.util.Arrays;

/**
 * Hold the tokens that a draw may still take, ids ascending, and cut them down stage by stage. All arrays are made once.
 *
 * <p>Order means: logit descending, then id ascending. A position is an index into the kept tokens, so positions ascend with ids.
 */
final class Candidates {
    private static final int BUCKETS = 65;
    private static final int ENTROPY_BLOCK = 1024;
    private static final int SELECTION_ROOM = 1024;

    private final int[] ids;
    private final float[] z;
    private final long[] weight;
    private final int[] positions;
    private final long[] rank;
    private final byte[] bucket;
    private final long[] bucketWeight = new long[BUCKETS];

    private int count;
    private float inverse = 1f;
    private float temperature = 1f;
    private boolean weighed;
    private long total;

    Candidates(int vocab) {
        ids = new int[vocab];
        z = new float[vocab];
        weight = new long[vocab];
        positions = new int[vocab];
        rank = new long[vocab];
        bucket = new byte[vocab];
    }

    int count() {
        return count;
    }

    /** Start with the tokens of a row that are allowed and not at minus infinity. */
    void fill(float[] logits, long[] mask) {
        int n = 0;
        for (int word = 0; word < mask.length; word++) {
            for (long bits = mask[word]; bits != 0; bits &= bits - 1) {
                int id = (word << 6) + Long.numberOfTrailingZeros(bits);
                if (id >= logits.length) {
                    break;
                }
                n = add(n, id, logits[id]);
            }
        }
        start(n);
    }

    void fill(float[] logits) {
        int n = 0;
        for (int id = 0; id < logits.length; id++) {
            n = add(n, id, logits[id]);
        }
        start(n);
    }

    private int add(int n, int id, float logit) {
        ids[n] = id;
        z[n] = logit;
        return logit > Float.NEGATIVE_INFINITY ? n + 1 : n;
    }

    private void start(int n) {
        count = n;
        temperature = 1f;
        inverse = 1f;
        weighed = false;
    }

    /** Apply a pending temperature to the logits, so that a bias adds to what it left. */
    void settleTemperature() {
        if (inverse != 1f) {
            for (int i = 0; i < count; i++) {
                z[i] *= inverse;
            }
        }
        temperature = 1f;
        inverse = 1f;
        weighed = false;
    }

    void adjust(int id, float mul, float add) {
        int i = count == ids.length ? id : Arrays.binarySearch(ids, 0, count, id);
        if (i >= 0) {
            float l = z[i];
            z[i] = (l > 0f ? l / mul : l * mul) + add;
        }
    }

    /** Say whether an adjustment left a value that cannot be compared. */
    boolean broken() {
        for (int i = 0; i < count; i++) {
            if (!(z[i] < Float.POSITIVE_INFINITY)) {
                return true;
            }
        }
        return false;
    }

    /** Divide by t; return false if the draw has become an argmax. */
    boolean temperature(float t) {
        temperature *= t;
        inverse = 1f / temperature;
        weighed = false;
        return t > SamplerChain.GREEDY_BELOW && temperature > SamplerChain.GREEDY_BELOW;
    }

    int first() {
        int best = 0;
        for (int i = 1; i < count; i++) {
            if (z[i] > z[best]) {
                best = i;
            }
        }
        return ids[best];
    }

    void topK(int k) {
        if (k <= 0 || k >= count) {
            return;
        }
        int room = Math.min(count, Math.max(2 * k, SELECTION_ROOM));
        int n = 0;
        float bound = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < count; i++) {
            if (z[i] > bound || n < k) {
                positions[n++] = i;
                if (n == room && i + 1 < count) {
                    select(n, k, false);
                    n = k;
                    bound = z[last(k)];
                }
            }
        }
        select(n, k, false);
        keepUntil(last(k));
    }

    void topP(float q) {
        if (q >= 1f) {
            return;
        }
        weigh();
        long target = portion(q);
        Arrays.fill(bucketWeight, 0);
        for (int i = 0; i < count; i++) {
            bucketWeight[bucket[i]] += weight[i];
        }
        int edge = 0;
        while (edge < BUCKETS - 1 && bucketWeight[edge] < target) {
            target -= bucketWeight[edge++];
        }
        int n = 0;
        for (int i = 0; i < count; i++) {
            if (bucket[i] == edge) {
                positions[n++] = i;
            }
        }
        keepUntil(positions[select(n, target, true) - 1]);
    }

    void minP(float q) {
        weigh();
        long least = (long) Math.ceil((double) Math.min(q, 1f) * TokenWeight.ONE);
        int n = 0;
        for (int i = 0; i < count; i++) {
            if (weight[i] >= least) {
                n = move(i, n);
            }
        }
        shrink(n);
    }

    void typical(float mass) {
        if (mass >= 1f) {
            return;
        }
        weigh();
        double entropy = entropy();
        for (int i = 0; i < count; i++) {
            double away = weight[i] == 0 ? Double.MAX_VALUE : Math.abs(-logShare(i) - entropy);
            rank[i] = -Double.doubleToRawLongBits(away);
            positions[i] = i;
        }
        int kept = PrefixSelection.byRank(positions, count, rank, z, weight, portion(mass));
        Arrays.sort(positions, 0, kept);
        for (int n = 0; n < kept; n++) {
            move(positions[n], n);
        }
        shrink(kept);
        weighed = false;
    }

    /** Take the token at a place of the cumulative weights given by 53 random bits. */
    int draw(long bits53) {
        weigh();
        long high = Math.multiplyHigh(bits53, total);
        long place = high << 11 | (bits53 * total) >>> 53;
        long sum = 0;
        for (int i = 0; i < count; i++) {
            sum += weight[i];
            if (sum > place) {
                return ids[i];
            }
        }
        throw new IllegalStateException("weights do not add up to " + total);
    }

    private double entropy() {
        double all = 0;
        double block = 0;
        int end = ENTROPY_BLOCK;
        for (int i = 0; i < count; i++) {
            if (ids[i] >= end) {
                all += block;
                block = 0;
                end = (ids[i] / ENTROPY_BLOCK + 1) * ENTROPY_BLOCK;
            }
            if (weight[i] > 0) {
                block -= weight[i] / (double) total * logShare(i);
            }
        }
        return all + block;
    }

    private double logShare(int i) {
        return StrictMath.log(weight[i] / (double) total);
    }

    private long portion(float q) {
        return Math.max(1, (long) Math.ceil(q * (double) total));
    }

    private void weigh() {
        if (weighed) {
            return;
        }
        float max = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < count; i++) {
            max = Math.max(max, z[i]);
        }
        long sum = 0;
        for (int i = 0; i < count; i++) {
            float x = TokenWeight.exponent((z[i] - max) * inverse);
            int n = TokenWeight.floor(x);
            long w = TokenWeight.of(x, n);
            weight[i] = w;
            bucket[i] = (byte) -n;
            sum += w;
        }
        total = sum;
        weighed = true;
    }

    /** Move the shortest prefix of {@code positions[0, n)} that reaches a target to the front; return its length. */
    private int select(int n, long target, boolean weights) {
        return weights
                ? PrefixSelection.byWeight(positions, n, z, weight, target)
                : PrefixSelection.byCount(positions, n, z, target);
    }

    /** Return the last in order of the first n positions. */
    private int last(int n) {
        int last = positions[0];
        for (int i = 1; i < n; i++) {
            if (PrefixSelection.before(z, last, positions[i])) {
                last = positions[i];
            }
        }
        return last;
    }

    private void keepUntil(int edge) {
        float bound = z[edge];
        int n = 0;
        for (int i = 0; i < count; i++) {
            if (z[i] > bound || (z[i] == bound && i <= edge)) {
                n = move(i, n);
            }
        }
        shrink(n);
    }

    private int move(int from, int to) {
        ids[to] = ids[from];
        z[to] = z[from];
        weight[to] = weight[from];
        bucket[to] = bucket[from];
        return to + 1;
    }

    private void shrink(int n) {
        count = n;
        if (weighed) {
            long sum = 0;
            for (int i = 0; i < n; i++) {
                sum += weight[i];
            }
            total = sum;
        }
    }
}
