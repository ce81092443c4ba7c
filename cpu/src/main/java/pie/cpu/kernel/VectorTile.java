package pie.cpu.kernel;

import static pie.cpu.kernel.Lanes.COUNT;
import static pie.cpu.kernel.Lanes.F;
import static pie.cpu.kernel.Lanes.highHalves;
import static pie.cpu.kernel.Lanes.loadInts;
import static pie.cpu.kernel.Lanes.lowHalves;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/** Attend by the Vector API, three vectors at a time; pages stay in the first-level cache over the vectors. */
final class VectorTile extends FloatTile {
    private final float[] lanes = new float[COUNT];

    VectorTile(KvPool kv, float scale) {
        super(kv, scale * Lanes.HALF_SCALE); // keys come too small by it out of lowHalves
    }

    /** Say whether pages and heads fill vectors. */
    static boolean fits(KvPool kv) {
        return kv.pageSize % COUNT == 0 && kv.headDim / 2 % COUNT == 0;
    }

    @Override
    void score(int vector, int vectors, long keys, int at) {
        for (int t = 0; t < pageSize; t += COUNT) {
            int v = 0;
            for (; v + 3 <= vectors; v += 3) {
                dot3(
                        data,
                        keys + 4L * t,
                        4L * pageSize,
                        query,
                        (vector + v) * headDim,
                        headDim,
                        scores,
                        at + v * stride + t,
                        stride);
            }
            for (; v < vectors; v++) {
                dot1(
                        data,
                        keys + 4L * t,
                        4L * pageSize,
                        query,
                        (vector + v) * headDim,
                        headDim,
                        scores,
                        at + v * stride + t);
            }
        }
    }

    private static void dot3(
            MemorySegment kv, long k, long step, float[] query, int q, int n, float[] scores, int s, int stride) {
        FloatVector a = FloatVector.zero(F);
        FloatVector b = a;
        FloatVector c = a;
        FloatVector d = a;
        FloatVector e = a;
        FloatVector f = a;
        for (int i = 0; i < n; i += 2) {
            IntVector v = loadInts(kv, k);
            FloatVector even = lowHalves(v);
            FloatVector odd = highHalves(v);
            a = even.fma(FloatVector.broadcast(F, query[q + i]), a);
            b = odd.fma(FloatVector.broadcast(F, query[q + i + 1]), b);
            c = even.fma(FloatVector.broadcast(F, query[q + n + i]), c);
            d = odd.fma(FloatVector.broadcast(F, query[q + n + i + 1]), d);
            e = even.fma(FloatVector.broadcast(F, query[q + 2 * n + i]), e);
            f = odd.fma(FloatVector.broadcast(F, query[q + 2 * n + i + 1]), f);
            k += step;
        }
        a.add(b).intoArray(scores, s);
        c.add(d).intoArray(scores, s + stride);
        e.add(f).intoArray(scores, s + 2 * stride);
    }

    private static void dot1(MemorySegment kv, long k, long step, float[] query, int q, int n, float[] scores, int s) {
        FloatVector a = FloatVector.zero(F);
        FloatVector b = a;
        for (int i = 0; i < n; i += 2) {
            IntVector v = loadInts(kv, k);
            a = lowHalves(v).fma(FloatVector.broadcast(F, query[q + i]), a);
            b = highHalves(v).fma(FloatVector.broadcast(F, query[q + i + 1]), b);
            k += step;
        }
        a.add(b).intoArray(scores, s);
    }

    /** Weights, and so the sum of weighted values, are as much too large as values come too small. */
    @Override
    float weigh(int at, int n) {
        return Softmax.weights(scores, at, n, lanes);
    }

    @Override
    void add(int vector, int vectors, long values, int slots, int at) {
        int half = headDim / 2;
        for (int c = 0; c < half; c += COUNT) {
            int v = 0;
            for (; v + 3 <= vectors; v += 3) {
                sum3(
                        data,
                        values + 4L * c,
                        4L * half,
                        slots,
                        scores,
                        at + v * stride,
                        stride,
                        out,
                        (vector + v) * headDim + c,
                        half);
            }
            for (; v < vectors; v++) {
                sum1(
                        data,
                        values + 4L * c,
                        4L * half,
                        slots,
                        scores,
                        at + v * stride,
                        out,
                        (vector + v) * headDim + c,
                        half);
            }
        }
    }

    private static void sum3(
            MemorySegment kv,
            long v,
            long step,
            int tokens,
            float[] p,
            int s,
            int stride,
            float[] out,
            int o,
            int half) {
        int o2 = o + 2 * half;
        int o3 = o + 4 * half;
        FloatVector a = FloatVector.fromArray(F, out, o);
        FloatVector b = FloatVector.fromArray(F, out, o + half);
        FloatVector c = FloatVector.fromArray(F, out, o2);
        FloatVector d = FloatVector.fromArray(F, out, o2 + half);
        FloatVector e = FloatVector.fromArray(F, out, o3);
        FloatVector f = FloatVector.fromArray(F, out, o3 + half);
        for (int t = 0; t < tokens; t++) {
            IntVector w = loadInts(kv, v);
            FloatVector low = lowHalves(w);
            FloatVector high = highHalves(w);
            FloatVector x = FloatVector.broadcast(F, p[s + t]);
            a = low.fma(x, a);
            b = high.fma(x, b);
            x = FloatVector.broadcast(F, p[s + stride + t]);
            c = low.fma(x, c);
            d = high.fma(x, d);
            x = FloatVector.broadcast(F, p[s + 2 * stride + t]);
            e = low.fma(x, e);
            f = high.fma(x, f);
            v += step;
        }
        a.intoArray(out, o);
        b.intoArray(out, o + half);
        c.intoArray(out, o2);
        d.intoArray(out, o2 + half);
        e.intoArray(out, o3);
        f.intoArray(out, o3 + half);
    }

    private static void sum1(
            MemorySegment kv, long v, long step, int tokens, float[] p, int s, float[] out, int o, int half) {
        FloatVector a = FloatVector.fromArray(F, out, o);
        FloatVector b = FloatVector.fromArray(F, out, o + half);
        for (int t = 0; t < tokens; t++) {
            IntVector w = loadInts(kv, v);
            FloatVector x = FloatVector.broadcast(F, p[s + t]);
            a = lowHalves(w).fma(x, a);
            b = highHalves(w).fma(x, b);
            v += step;
        }
        a.intoArray(out, o);
        b.intoArray(out, o + half);
    }
}
