package pie.engine.generate;

import java.util.Arrays;
import pie.engine.driver.ForwardBatch;
import pie.engine.driver.ForwardResult;

/** Measure one row of logits: copies, distributions, log probabilities and entropy, in f64 over the tokens of an optional mask. */
final class RowProbe {
    private final long[] keys;

    RowProbe(int vocab) {
        keys = new long[vocab];
    }

    /** Changes {@code logits}: tokens outside the mask go to minus infinity. */
    void read(ForwardBatch batch, int n, float[] logits, ForwardResult out) {
        if (out.probeIndptr.length < n + 2) {
            out.probeIndptr = Arrays.copyOf(out.probeIndptr, Math.max(n + 2, 2 * out.probeIndptr.length));
        }
        if (n == 0) {
            out.probeIndptr[0] = 0;
        }
        int mask = batch.probeMaskRef[n];
        if (mask != ForwardBatch.NO_MASK) {
            restrict(logits, batch.logitMasks[mask]);
        }
        int at = out.probeIndptr[n];
        int size = switch (batch.probeKind[n]) {
            case LOGITS -> copy(logits, at, out);
            case DISTRIBUTION -> distribution(logits, batch.probeTemperature[n], batch.probeTop[n], at, out);
            case LOGPROBS ->
                logprobs(logits, batch.probeIds, batch.probeIdIndptr[n], batch.probeIdIndptr[n + 1], at, out);
            case ENTROPY -> entropy(logits, at, out);
        };
        out.probeIndptr[n + 1] = at + size;
    }

    private static int copy(float[] logits, int at, ForwardResult out) {
        ensure(out, at + logits.length);
        System.arraycopy(logits, 0, out.probeValues, at, logits.length);
        Arrays.fill(out.probeIds, at, at + logits.length, 0);
        return logits.length;
    }

    private int distribution(float[] logits, float temperature, int top, int at, ForwardResult out) {
        int n = 0;
        for (int id = 0; id < logits.length; id++) {
            if (logits[id] != Float.NEGATIVE_INFINITY) {
                keys[n++] = key(logits[id], id);
            }
        }
        int size = top <= 0 ? n : Math.min(top, n);
        if (size < n) {
            partition(n, size);
        }
        Arrays.sort(keys, 0, size);
        ensure(out, at + size);
        boolean oneHot = temperature <= SamplerChain.GREEDY_BELOW;
        float max = max(logits);
        double sum = oneHot ? 1 : sum(logits, max, temperature);
        for (int i = 0; i < size; i++) {
            int id = (int) keys[i];
            out.probeIds[at + i] = id;
            double share = oneHot ? (i == 0 ? 1 : 0) : Math.exp(((double) logits[id] - max) / temperature) / sum;
            out.probeValues[at + i] = (float) share;
        }
        return size;
    }

    private static int logprobs(float[] logits, int[] ids, int from, int to, int at, ForwardResult out) {
        ensure(out, at + to - from);
        float max = max(logits);
        double log = Math.log(sum(logits, max, 1));
        for (int i = from; i < to; i++) {
            out.probeIds[at + i - from] = ids[i];
            out.probeValues[at + i - from] = (float) ((double) logits[ids[i]] - max - log);
        }
        return to - from;
    }

    private static int entropy(float[] logits, int at, ForwardResult out) {
        ensure(out, at + 1);
        float max = max(logits);
        double sum = 0;
        double weighted = 0;
        for (float l : logits) {
            double y = (double) l - max;
            double e = Math.exp(y);
            sum += e;
            if (e > 0) {
                weighted += e * y;
            }
        }
        out.probeIds[at] = 0;
        out.probeValues[at] = (float) Math.max(0, Math.log(sum) - weighted / sum);
        return 1;
    }

    private static double sum(float[] logits, float max, float temperature) {
        double sum = 0;
        for (float l : logits) {
            sum += Math.exp(((double) l - max) / temperature);
        }
        return sum;
    }

    private static float max(float[] logits) {
        float max = Float.NEGATIVE_INFINITY;
        for (float l : logits) {
            max = Math.max(max, l);
        }
        return max;
    }

    private static void restrict(float[] logits, long[] mask) {
        for (int id = 0; id < logits.length; id++) {
            if ((id >> 6) >= mask.length || (mask[id >> 6] >>> id & 1) == 0) {
                logits[id] = Float.NEGATIVE_INFINITY;
            }
        }
    }

    /** Return a key that ascends with logit descending, then id ascending. */
    private static long key(float logit, int id) {
        int bits = Float.floatToRawIntBits(logit + 0f);
        int ascending = bits ^ (bits >> 31 & 0x7fff_ffff);
        return (long) ~ascending << 32 | id;
    }

    /** Move the {@code size} smallest keys to the front. */
    private void partition(int n, int size) {
        int low = 0;
        int high = n;
        while (high - low > 1) {
            long pivot = median(keys[low], keys[(low + high) >>> 1], keys[high - 1]);
            int i = low;
            int j = high - 1;
            while (i <= j) {
                while (keys[i] < pivot) {
                    i++;
                }
                while (keys[j] > pivot) {
                    j--;
                }
                if (i <= j) {
                    long k = keys[i];
                    keys[i++] = keys[j];
                    keys[j--] = k;
                }
            }
            if (size <= j + 1) {
                high = j + 1;
            } else if (size >= i) {
                low = i;
            } else {
                return;
            }
            if (size == low) {
                return;
            }
        }
    }

    private static long median(long a, long b, long c) {
        return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
    }

    private static void ensure(ForwardResult out, int size) {
        if (out.probeValues.length < size) {
            int more = Math.max(size, 2 * out.probeValues.length);
            out.probeValues = Arrays.copyOf(out.probeValues, more);
            out.probeIds = Arrays.copyOf(out.probeIds, more);
        }
    }
}
