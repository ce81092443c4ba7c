package pie.engine.generate;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import pie.engine.driver.ForwardBatch;
import pie.engine.driver.ForwardResult;
import pie.engine.driver.SamplerStage;

/**
 * Draw tokens from rows of logits, exact in integers: every driver gets the same token from the same logits. Reused by one thread;
 * allocates only where a probe's values outgrow the result.
 *
 * <p>A row is {@code vocab} floats in native order. A temperature of 1e-5 or less ends the chain with the first in order (logit
 * descending, then id ascending) of what the stages before it and the mask leave.
 */
public final class RowSampler {
    private static final int BLOCK = 512;

    private final int vocab;
    private final float[] logits;
    private final Candidates candidates;
    private final RowProbe probe;

    public RowSampler(int vocab) {
        this.vocab = vocab;
        logits = new float[vocab];
        candidates = new Candidates(vocab);
        probe = new RowProbe(vocab);
    }

    /** Fill {@code token[s]} and {@code status[s]} of the result; the token is 0 unless the status is OK. */
    public void draw(ForwardBatch batch, int s, MemorySegment row, long byteOffset, ForwardResult out) {
        MemorySegment.copy(row, ValueLayout.JAVA_FLOAT_UNALIGNED, byteOffset, logits, 0, vocab);
        int greedy = first(logits);
        byte status = ForwardResult.OK;
        int token = greedy;
        if (greedy < 0) {
            status = ForwardResult.NAN;
        } else if (!plainGreedy(batch, s)) {
            token = run(batch, s);
            status = token >= 0 ? ForwardResult.OK : (byte) -token;
        }
        out.token[s] = Math.max(token, 0);
        out.status[s] = status;
    }

    /** Read probe n: fill its values and {@code probeIndptr[n + 1]}. Probes of a batch go in order. */
    public void probe(ForwardBatch batch, int n, MemorySegment row, long byteOffset, ForwardResult out) {
        MemorySegment.copy(row, ValueLayout.JAVA_FLOAT_UNALIGNED, byteOffset, logits, 0, vocab);
        probe.read(batch, n, logits, out);
    }

    private static boolean plainGreedy(ForwardBatch batch, int s) {
        int first = batch.chainIndptr[s];
        return batch.logitMaskRef[s] == ForwardBatch.NO_MASK
                && first < batch.chainIndptr[s + 1]
                && batch.stageKind[first] == SamplerStage.TEMPERATURE
                && batch.stageParam[first] <= SamplerChain.GREEDY_BELOW;
    }

    /** Return the drawn token, or a status negated. */
    private int run(ForwardBatch batch, int s) {
        int mask = batch.logitMaskRef[s];
        if (mask == ForwardBatch.NO_MASK) {
            candidates.fill(logits);
        } else {
            candidates.fill(logits, batch.logitMasks[mask]);
        }
        if (candidates.count() == 0) {
            return -ForwardResult.EMPTY;
        }
        for (int stage = batch.chainIndptr[s]; stage < batch.chainIndptr[s + 1]; stage++) {
            float param = batch.stageParam[stage];
            switch (batch.stageKind[stage]) {
                case SamplerStage.ADJUST -> {
                    adjust(batch, stage);
                    if (candidates.broken()) {
                        return -ForwardResult.NAN;
                    }
                }
                case SamplerStage.TEMPERATURE -> {
                    if (!candidates.temperature(param)) {
                        return candidates.first();
                    }
                }
                case SamplerStage.TOP_K -> candidates.topK((int) param);
                case SamplerStage.TYPICAL -> candidates.typical(param);
                case SamplerStage.TOP_P -> candidates.topP(param);
                case SamplerStage.MIN_P -> candidates.minP(param);
                default -> throw new IllegalArgumentException("unknown sampler stage " + batch.stageKind[stage]);
            }
        }
        return candidates.draw(Philox.bits53(batch.seed[s], batch.drawIndex[s], batch.drawNumber[s], Philox.SAMPLING));
    }

    private void adjust(ForwardBatch batch, int stage) {
        candidates.settleTemperature();
        for (int i = batch.adjustIndptr[stage]; i < batch.adjustIndptr[stage + 1]; i++) {
            candidates.adjust(batch.adjustToken[i], batch.adjustMul[i], batch.adjustAdd[i]);
        }
    }

    /** Return the first in order, -1 if the row holds a NaN, plus infinity or no finite value. */
    private static int first(float[] z) {
        float best = Float.NEGATIVE_INFINITY;
        int at = -1;
        for (int from = 0; from < z.length; from += BLOCK) {
            float top = max(z, from, Math.min(from + BLOCK, z.length));
            if (!(top < Float.POSITIVE_INFINITY)) {
                return -1;
            }
            if (top > best) {
                best = top;
                at = from;
            }
        }
        while (at >= 0 && z[at] != best) {
            at++;
        }
        return at;
    }

    private static float max(float[] z, int from, int to) {
        float top = Float.NEGATIVE_INFINITY;
        for (int i = from; i < to; i++) {
            top = Math.max(top, z[i]);
        }
        return top;
    }
}
