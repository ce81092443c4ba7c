package pie.cpu.kernel;

import static pie.cpu.kernel.Lanes.COUNT;
import static pie.cpu.kernel.Lanes.F;
import static pie.cpu.kernel.PackedMatrix.WIDTH;
import static pie.cpu.kernel.WeightFormat.BLOCK;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * Multiply many rows by a strip, block by block: weights are unpacked to a buffer that stays in cache, then all rows pass over it.
 *
 * <p>Each output is, over blocks in ascending order, y = fma(sum of x, m, fma(s, d, y)), or y + s for float weights, where s is one
 * chain of fused multiply-adds along the block. Tiles differ only in how many chains they advance at once. So a row's result has the
 * same bits in every tile, for any number of rows. Twin: {@link Scalar#dot}.
 */
final class Matmul {
    private static final int ROWS = 4;
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
    private static final int BYTES = COUNT * 4;

    /** Buffers of one worker. */
    static final class Room {
        final float[] weights = new float[BLOCK * WIDTH * COUNT];
        final float[] scales = new float[2 * WIDTH * COUNT];
        /** Sums of one block: float (row, panel, lane) of a tile. */
        final float[] sums = new float[2 * ROWS * COUNT];

        /** Output of a strip: float (row, panel, lane). */
        float[] y = new float[0];

        final float[] single = new float[SingleRow.roomFloats()];
        final float[] lanes = new float[COUNT];

        void reserve(int rows) {
            if (y.length < rows * WIDTH * COUNT) {
                y = new float[rows * WIDTH * COUNT];
            }
        }
    }

    private Matmul() {}

    /**
     * Multiply.
     *
     * @param panel first of the strip
     * @param y bytes to the first row's first column of the strip in ys; rows are {@code yStride} bytes apart
     */
    static void strip(
            PackedMatrix m, int panel, Inputs in, int rows, Room room, MemorySegment ys, long y, long yStride) {
        int blocks = WeightFormat.blocks(m.k);
        int width = m.width(panel);
        long at = m.strip(panel);
        Arrays.fill(room.y, 0, rows * width * COUNT, 0);
        for (int b = 0; b < blocks; b++) {
            Unpack.block(m.format, m.data, at, width, room.weights);
            if (m.format.bits() > 0) {
                Unpack.scales(m.data, at, width, room.scales);
            }
            rows(m.format, width, in, b, blocks, rows, room);
            at += (long) m.format.words() * width * BYTES;
        }
        for (int r = 0; r < rows; r++) {
            MemorySegment.copy(room.y, r * width * COUNT, ys, FLOAT, y + r * yStride, width * COUNT);
        }
    }

    private static void rows(WeightFormat format, int width, Inputs in, int block, int blocks, int rows, Room room) {
        int r = 0;
        int y = 0;
        for (; r + ROWS <= rows; r += ROWS) {
            if (width == 1) {
                tile4x1(room.weights, in, block, blocks, room.sums);
                add(format, width, 0, 1, in, block, blocks, ROWS, room, y);
            }
            for (int p = 0; p + 2 <= width; p += 2) {
                tile4x2(room.weights, p * COUNT, width * COUNT, in, block, blocks, room.sums);
                add(format, width, p, 2, in, block, blocks, ROWS, room, y + p * COUNT);
            }
            block += ROWS * blocks;
            y += ROWS * width * COUNT;
        }
        for (; r < rows; r++) {
            if (width == WIDTH) {
                tile1x4(room.weights, in, block, room.sums);
            } else {
                for (int p = 0; p < width; p++) {
                    tile1x1(room.weights, p * COUNT, width * COUNT, in, block, room.sums, p * COUNT);
                }
            }
            add(format, width, 0, width, in, block, blocks, 1, room, y);
            block += blocks;
            y += width * COUNT;
        }
    }

    private static FloatVector all(float[] x, int at) {
        return FloatVector.broadcast(F, x[at]);
    }

    private static void tile4x2(float[] w, int wo, int ws, Inputs in, int block, int blocks, float[] out) {
        float[] x = in.values;
        int x0 = block * BLOCK;
        int x1 = x0 + blocks * BLOCK;
        int x2 = x1 + blocks * BLOCK;
        int x3 = x2 + blocks * BLOCK;
        FloatVector a0 = all(in.starts, block);
        FloatVector b0 = a0;
        FloatVector a1 = all(in.starts, block + blocks);
        FloatVector b1 = a1;
        FloatVector a2 = all(in.starts, block + 2 * blocks);
        FloatVector b2 = a2;
        FloatVector a3 = all(in.starts, block + 3 * blocks);
        FloatVector b3 = a3;
        for (int i = 0; i < BLOCK; i++) {
            FloatVector u = FloatVector.fromArray(F, w, wo + i * ws);
            FloatVector v = FloatVector.fromArray(F, w, wo + i * ws + COUNT);
            FloatVector t = all(x, x0 + i);
            a0 = t.fma(u, a0);
            b0 = t.fma(v, b0);
            t = all(x, x1 + i);
            a1 = t.fma(u, a1);
            b1 = t.fma(v, b1);
            t = all(x, x2 + i);
            a2 = t.fma(u, a2);
            b2 = t.fma(v, b2);
            t = all(x, x3 + i);
            a3 = t.fma(u, a3);
            b3 = t.fma(v, b3);
        }
        a0.intoArray(out, 0);
        b0.intoArray(out, COUNT);
        a1.intoArray(out, 2 * COUNT);
        b1.intoArray(out, 3 * COUNT);
        a2.intoArray(out, 4 * COUNT);
        b2.intoArray(out, 5 * COUNT);
        a3.intoArray(out, 6 * COUNT);
        b3.intoArray(out, 7 * COUNT);
    }

    private static void tile4x1(float[] w, Inputs in, int block, int blocks, float[] out) {
        float[] x = in.values;
        int x0 = block * BLOCK;
        int x1 = x0 + blocks * BLOCK;
        int x2 = x1 + blocks * BLOCK;
        int x3 = x2 + blocks * BLOCK;
        FloatVector a0 = all(in.starts, block);
        FloatVector a1 = all(in.starts, block + blocks);
        FloatVector a2 = all(in.starts, block + 2 * blocks);
        FloatVector a3 = all(in.starts, block + 3 * blocks);
        for (int i = 0; i < BLOCK; i++) {
            FloatVector u = FloatVector.fromArray(F, w, i * COUNT);
            a0 = all(x, x0 + i).fma(u, a0);
            a1 = all(x, x1 + i).fma(u, a1);
            a2 = all(x, x2 + i).fma(u, a2);
            a3 = all(x, x3 + i).fma(u, a3);
        }
        a0.intoArray(out, 0);
        a1.intoArray(out, COUNT);
        a2.intoArray(out, 2 * COUNT);
        a3.intoArray(out, 3 * COUNT);
    }

    private static void tile1x4(float[] w, Inputs in, int block, float[] out) {
        float[] x = in.values;
        int xo = block * BLOCK;
        FloatVector a = all(in.starts, block);
        FloatVector b = a;
        FloatVector c = a;
        FloatVector d = a;
        for (int i = 0; i < BLOCK; i++) {
            FloatVector t = all(x, xo + i);
            int o = i * WIDTH * COUNT;
            a = t.fma(FloatVector.fromArray(F, w, o), a);
            b = t.fma(FloatVector.fromArray(F, w, o + COUNT), b);
            c = t.fma(FloatVector.fromArray(F, w, o + 2 * COUNT), c);
            d = t.fma(FloatVector.fromArray(F, w, o + 3 * COUNT), d);
        }
        a.intoArray(out, 0);
        b.intoArray(out, COUNT);
        c.intoArray(out, 2 * COUNT);
        d.intoArray(out, 3 * COUNT);
    }

    private static void tile1x1(float[] w, int wo, int ws, Inputs in, int block, float[] out, int at) {
        float[] x = in.values;
        int xo = block * BLOCK;
        FloatVector a = all(in.starts, block);
        for (int i = 0; i < BLOCK; i++) {
            a = all(x, xo + i).fma(FloatVector.fromArray(F, w, wo + i * ws), a);
        }
        a.intoArray(out, at);
    }

    /** Add the sums of a tile to what blocks before it gave. */
    private static void add(
            WeightFormat format,
            int width,
            int panel,
            int panels,
            Inputs in,
            int block,
            int blocks,
            int rows,
            Room room,
            int y) {
        int d = panel * COUNT;
        switch (format) {
            case Q4 -> {
                if (panels == 2) {
                    addScaled2(
                            room.sums,
                            room.scales,
                            d,
                            width * COUNT,
                            in.sums,
                            block,
                            blocks,
                            rows,
                            room.y,
                            y,
                            width * COUNT);
                } else {
                    for (int p = 0; p < panels; p++) {
                        addScaled1(
                                room.sums,
                                p * COUNT,
                                panels * COUNT,
                                room.scales,
                                d + p * COUNT,
                                width * COUNT,
                                in.sums,
                                block,
                                blocks,
                                rows,
                                room.y,
                                y + p * COUNT,
                                width * COUNT);
                    }
                }
            }
            case Q8 -> {
                for (int p = 0; p < panels; p++) {
                    addScaled(
                            room.sums,
                            p * COUNT,
                            panels * COUNT,
                            room.scales,
                            d + p * COUNT,
                            rows,
                            room.y,
                            y + p * COUNT,
                            width * COUNT);
                }
            }
            case Q8_MINIMUM, Q8_PAIR -> throw new IllegalStateException("only integers meet " + format);
            case F16, BF16, F32 -> {
                for (int p = 0; p < panels; p++) {
                    addPlain(room.sums, p * COUNT, panels * COUNT, rows, room.y, y + p * COUNT, width * COUNT);
                }
            }
        }
    }

    private static FloatVector get(float[] a, int at) {
        return FloatVector.fromArray(F, a, at);
    }

    private static void addScaled2(
            float[] s,
            float[] scales,
            int d,
            int toM,
            float[] e,
            int block,
            int blocks,
            int rows,
            float[] y,
            int at,
            int stride) {
        FloatVector d0 = get(scales, d);
        FloatVector d1 = get(scales, d + COUNT);
        FloatVector m0 = get(scales, d + toM);
        FloatVector m1 = get(scales, d + toM + COUNT);
        for (int r = 0; r < rows; r++) {
            FloatVector t = all(e, block + r * blocks);
            int o = at + r * stride;
            t.fma(m0, get(s, 2 * r * COUNT).fma(d0, get(y, o))).intoArray(y, o);
            t.fma(m1, get(s, (2 * r + 1) * COUNT).fma(d1, get(y, o + COUNT))).intoArray(y, o + COUNT);
        }
    }

    private static void addScaled1(
            float[] s,
            int so,
            int ss,
            float[] scales,
            int d,
            int toM,
            float[] e,
            int block,
            int blocks,
            int rows,
            float[] y,
            int at,
            int stride) {
        FloatVector d0 = get(scales, d);
        FloatVector m0 = get(scales, d + toM);
        for (int r = 0; r < rows; r++) {
            int o = at + r * stride;
            all(e, block + r * blocks)
                    .fma(m0, get(s, so + r * ss).fma(d0, get(y, o)))
                    .intoArray(y, o);
        }
    }

    private static void addScaled(
            float[] s, int so, int ss, float[] scales, int d, int rows, float[] y, int at, int stride) {
        FloatVector d0 = get(scales, d);
        for (int r = 0; r < rows; r++) {
            int o = at + r * stride;
            get(s, so + r * ss).fma(d0, get(y, o)).intoArray(y, o);
        }
    }

    private static void addPlain(float[] s, int so, int ss, int rows, float[] y, int at, int stride) {
        for (int r = 0; r < rows; r++) {
            int o = at + r * stride;
            get(y, o).add(get(s, so + r * ss)).intoArray(y, o);
        }
    }
}
