package pie.cpu.kernel;

import static pie.cpu.kernel.Lanes.COUNT;
import static pie.cpu.kernel.Lanes.F;
import static pie.cpu.kernel.Lanes.ORDER;
import static pie.cpu.kernel.Lanes.load;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;

/**
 * Multiply rows by unpacked panels, y += x * w along a run of k.
 *
 * <p>Each output is one chain of fused multiply-adds in ascending k, continued through y from run to run; tiles differ only in how
 * many chains they advance at once. So a row's result has the same bits in every tile, for any number of rows.
 * Twin: {@link Scalar#dot}.
 */
final class Matmul {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
    private static final int BYTES = COUNT * 4;

    private Matmul() {}

    /**
     * Multiply {@code rows} rows by {@code panels} panels.
     *
     * @param w unpacked panels side by side: float (k, panel, lane) at k * panels * COUNT + panel * COUNT + lane
     * @param x bytes offset of the first row's first k; rows are {@code xStride} bytes apart
     * @param y bytes offset of the first row's first column; rows are {@code yStride} bytes apart
     */
    static void rows(
            float[] w,
            int panels,
            int k,
            MemorySegment xs,
            long x,
            long xStride,
            MemorySegment ys,
            long y,
            long yStride,
            int rows) {
        int r = 0;
        for (; r + 4 <= rows; r += 4) {
            int p = 0;
            for (; p + 2 <= panels; p += 2) {
                tile4x2(w, p * COUNT, panels * COUNT, k, xs, x, xStride, ys, y + (long) p * BYTES, yStride);
            }
            if (p < panels) {
                tile4x1(w, p * COUNT, panels * COUNT, k, xs, x, xStride, ys, y + (long) p * BYTES, yStride);
            }
            x += 4 * xStride;
            y += 4 * yStride;
        }
        for (; r < rows; r++) {
            if (panels == 4) {
                tile1x4(w, k, xs, x, ys, y);
            } else {
                for (int p = 0; p < panels; p++) {
                    tile1x1(w, p * COUNT, panels * COUNT, k, xs, x, ys, y + (long) p * BYTES);
                }
            }
            x += xStride;
            y += yStride;
        }
    }

    private static FloatVector all(MemorySegment x, long at) {
        return FloatVector.broadcast(F, x.get(FLOAT, at));
    }

    private static void tile4x2(
            float[] w,
            int wo,
            int ws,
            int k,
            MemorySegment xs,
            long x,
            long xStride,
            MemorySegment ys,
            long y,
            long yStride) {
        long x1 = x + xStride;
        long x2 = x1 + xStride;
        long x3 = x2 + xStride;
        long y1 = y + yStride;
        long y2 = y1 + yStride;
        long y3 = y2 + yStride;
        FloatVector a0 = load(ys, y);
        FloatVector b0 = load(ys, y + BYTES);
        FloatVector a1 = load(ys, y1);
        FloatVector b1 = load(ys, y1 + BYTES);
        FloatVector a2 = load(ys, y2);
        FloatVector b2 = load(ys, y2 + BYTES);
        FloatVector a3 = load(ys, y3);
        FloatVector b3 = load(ys, y3 + BYTES);
        for (int i = 0; i < k; i++) {
            FloatVector u = FloatVector.fromArray(F, w, wo + i * ws);
            FloatVector v = FloatVector.fromArray(F, w, wo + i * ws + COUNT);
            FloatVector t = all(xs, x + 4L * i);
            a0 = t.fma(u, a0);
            b0 = t.fma(v, b0);
            t = all(xs, x1 + 4L * i);
            a1 = t.fma(u, a1);
            b1 = t.fma(v, b1);
            t = all(xs, x2 + 4L * i);
            a2 = t.fma(u, a2);
            b2 = t.fma(v, b2);
            t = all(xs, x3 + 4L * i);
            a3 = t.fma(u, a3);
            b3 = t.fma(v, b3);
        }
        a0.intoMemorySegment(ys, y, ORDER);
        b0.intoMemorySegment(ys, y + BYTES, ORDER);
        a1.intoMemorySegment(ys, y1, ORDER);
        b1.intoMemorySegment(ys, y1 + BYTES, ORDER);
        a2.intoMemorySegment(ys, y2, ORDER);
        b2.intoMemorySegment(ys, y2 + BYTES, ORDER);
        a3.intoMemorySegment(ys, y3, ORDER);
        b3.intoMemorySegment(ys, y3 + BYTES, ORDER);
    }

    private static void tile4x1(
            float[] w,
            int wo,
            int ws,
            int k,
            MemorySegment xs,
            long x,
            long xStride,
            MemorySegment ys,
            long y,
            long yStride) {
        long x1 = x + xStride;
        long x2 = x1 + xStride;
        long x3 = x2 + xStride;
        FloatVector a0 = load(ys, y);
        FloatVector a1 = load(ys, y + yStride);
        FloatVector a2 = load(ys, y + 2 * yStride);
        FloatVector a3 = load(ys, y + 3 * yStride);
        for (int i = 0; i < k; i++) {
            FloatVector u = FloatVector.fromArray(F, w, wo + i * ws);
            a0 = all(xs, x + 4L * i).fma(u, a0);
            a1 = all(xs, x1 + 4L * i).fma(u, a1);
            a2 = all(xs, x2 + 4L * i).fma(u, a2);
            a3 = all(xs, x3 + 4L * i).fma(u, a3);
        }
        a0.intoMemorySegment(ys, y, ORDER);
        a1.intoMemorySegment(ys, y + yStride, ORDER);
        a2.intoMemorySegment(ys, y + 2 * yStride, ORDER);
        a3.intoMemorySegment(ys, y + 3 * yStride, ORDER);
    }

    private static void tile1x4(float[] w, int k, MemorySegment xs, long x, MemorySegment ys, long y) {
        FloatVector a = load(ys, y);
        FloatVector b = load(ys, y + BYTES);
        FloatVector c = load(ys, y + 2 * BYTES);
        FloatVector d = load(ys, y + 3 * BYTES);
        for (int i = 0; i < k; i++) {
            FloatVector t = all(xs, x + 4L * i);
            int o = i * 4 * COUNT;
            a = t.fma(FloatVector.fromArray(F, w, o), a);
            b = t.fma(FloatVector.fromArray(F, w, o + COUNT), b);
            c = t.fma(FloatVector.fromArray(F, w, o + 2 * COUNT), c);
            d = t.fma(FloatVector.fromArray(F, w, o + 3 * COUNT), d);
        }
        a.intoMemorySegment(ys, y, ORDER);
        b.intoMemorySegment(ys, y + BYTES, ORDER);
        c.intoMemorySegment(ys, y + 2 * BYTES, ORDER);
        d.intoMemorySegment(ys, y + 3 * BYTES, ORDER);
    }

    private static void tile1x1(float[] w, int wo, int ws, int k, MemorySegment xs, long x, MemorySegment ys, long y) {
        FloatVector a = load(ys, y);
        for (int i = 0; i < k; i++) {
            a = all(xs, x + 4L * i).fma(FloatVector.fromArray(F, w, wo + i * ws), a);
        }
        a.intoMemorySegment(ys, y, ORDER);
    }

    /** Set {@code count} vectors of each row to zero. */
    static void clear(MemorySegment ys, long y, long yStride, int rows, int count) {
        FloatVector zero = FloatVector.zero(F);
        for (int r = 0; r < rows; r++) {
            for (int p = 0; p < count; p++) {
                zero.intoMemorySegment(ys, y + (long) p * BYTES, ORDER);
            }
            y += yStride;
        }
    }
}
