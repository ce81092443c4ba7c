package pie.cpu.kernel;

import static pie.cpu.kernel.Lanes.COUNT;
import static pie.cpu.kernel.Lanes.F;
import static pie.cpu.kernel.Lanes.I;
import static pie.cpu.kernel.Lanes.ORDER;
import static pie.cpu.kernel.Lanes.loadInts;
import static pie.cpu.kernel.PackedMatrix.WIDTH;
import static pie.cpu.kernel.WeightFormat.BLOCK;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Multiply one row by a strip without unpacking it to memory: as fast as weights come from there. Sums run in the order of
 * {@link Matmul}, so the result has the same bits.
 *
 * <p>C2 gives up inlining vector operations in large methods, and boxes what a method of ours that it does not inline takes or
 * returns. So the hot loops call nothing of ours with vectors, and are too long for C2 to inline them into their callers.
 */
final class SingleRow {
    private static final int WORD = COUNT * 4;
    private static final int[] NIBBLES = masks(4);
    private static final int[] BYTES = masks(8);

    private SingleRow() {}

    private static int[] masks(int bits) {
        int[] masks = new int[32 / bits * COUNT];
        for (int i = 0; i < masks.length; i++) {
            masks[i] = (1 << bits) - 1 << i / COUNT * bits;
        }
        return masks;
    }

    /** Return floats of the buffer that {@link #strip} needs. */
    static int roomFloats() {
        return 2 * WIDTH * COUNT;
    }

    /**
     * Multiply.
     *
     * @param panel first of the strip
     * @param y bytes to the strip's first column in ys
     */
    static void strip(PackedMatrix m, int panel, Inputs in, int row, float[] room, MemorySegment ys, long y) {
        int blocks = WeightFormat.blocks(m.k);
        int width = m.width(panel);
        long at = m.strip(panel);
        int from = row * blocks;
        int to = from + blocks;
        Arrays.fill(room, 0, width * COUNT, 0);
        switch (m.format) {
            case Q4 -> {
                if (width == WIDTH) {
                    fourNibbles(m.data, at, in, from, to, room);
                } else {
                    someNibbles(m.data, at, width, in, from, to, room);
                }
            }
            case Q8 -> {
                if (width == WIDTH) {
                    fourBytes(m.data, at, in, from, to, room);
                } else {
                    someBytes(m.data, at, width, in, from, to, room);
                }
            }
            case Q8_MINIMUM, Q8_PAIR -> throw new IllegalStateException("only integers meet " + m.format);
            case F16, BF16, F32 -> floats(m.format, m.data, at, width, in, from, to, room);
        }
        MemorySegment.copy(room, 0, ys, ValueLayout.JAVA_FLOAT_UNALIGNED, y, width * COUNT);
    }

    private static void fourNibbles(MemorySegment w, long at, Inputs in, int from, int to, float[] room) {
        float[] x = in.values;
        for (int block = from; block < to; block++) {
            int xo = block * BLOCK;
            FloatVector a = FloatVector.broadcast(F, in.starts[block]);
            FloatVector b = a;
            FloatVector c = a;
            FloatVector d = a;
            for (int word = WIDTH; word < 5 * WIDTH; word += WIDTH) {
                IntVector v0 = IntVector.fromMemorySegment(I, w, at + word * WORD, ORDER);
                IntVector v1 = IntVector.fromMemorySegment(I, w, at + word * WORD + WORD, ORDER);
                IntVector v2 = IntVector.fromMemorySegment(I, w, at + word * WORD + 2 * WORD, ORDER);
                IntVector v3 = IntVector.fromMemorySegment(I, w, at + word * WORD + 3 * WORD, ORDER);
                for (int j = 0; j < 8; j++) {
                    FloatVector e = FloatVector.broadcast(F, x[xo + j]);
                    IntVector mask = IntVector.fromArray(I, NIBBLES, j * COUNT);
                    a = e.fma((FloatVector) v0.and(mask).convert(VectorOperators.I2F, 0), a);
                    b = e.fma((FloatVector) v1.and(mask).convert(VectorOperators.I2F, 0), b);
                    c = e.fma((FloatVector) v2.and(mask).convert(VectorOperators.I2F, 0), c);
                    d = e.fma((FloatVector) v3.and(mask).convert(VectorOperators.I2F, 0), d);
                }
                xo += 8;
            }
            a.intoArray(room, WIDTH * COUNT);
            b.intoArray(room, (WIDTH + 1) * COUNT);
            c.intoArray(room, (WIDTH + 2) * COUNT);
            d.intoArray(room, (WIDTH + 3) * COUNT);
            addScaled(w, at, WIDTH, in.sums[block], room);
            at += 5 * WIDTH * WORD;
        }
    }

    private static void someNibbles(MemorySegment w, long at, int width, Inputs in, int from, int to, float[] room) {
        int step = width * WORD;
        for (int b = from; b < to; b++) {
            for (int p = 0; p < width; p++) {
                nibbles(w, at + step + p * WORD, step, in.values, b * BLOCK, in.starts[b], room, p);
            }
            addScaled(w, at, width, in.sums[b], room);
            at += 5L * step;
        }
    }

    private static void fourBytes(MemorySegment w, long at, Inputs in, int from, int to, float[] room) {
        float[] x = in.values;
        for (int block = from; block < to; block++) {
            int xo = block * BLOCK;
            FloatVector a = FloatVector.broadcast(F, in.starts[block]);
            FloatVector b = a;
            FloatVector c = a;
            FloatVector d = a;
            for (int word = WIDTH; word < 9 * WIDTH; word += WIDTH) {
                IntVector v0 = IntVector.fromMemorySegment(I, w, at + word * WORD, ORDER);
                IntVector v1 = IntVector.fromMemorySegment(I, w, at + word * WORD + WORD, ORDER);
                IntVector v2 = IntVector.fromMemorySegment(I, w, at + word * WORD + 2 * WORD, ORDER);
                IntVector v3 = IntVector.fromMemorySegment(I, w, at + word * WORD + 3 * WORD, ORDER);
                for (int j = 0; j < 4; j++) {
                    FloatVector e = FloatVector.broadcast(F, x[xo + j]);
                    IntVector mask = IntVector.fromArray(I, BYTES, j * COUNT);
                    a = e.fma((FloatVector) v0.and(mask).convert(VectorOperators.I2F, 0), a);
                    b = e.fma((FloatVector) v1.and(mask).convert(VectorOperators.I2F, 0), b);
                    c = e.fma((FloatVector) v2.and(mask).convert(VectorOperators.I2F, 0), c);
                    d = e.fma((FloatVector) v3.and(mask).convert(VectorOperators.I2F, 0), d);
                }
                xo += 4;
            }
            a.intoArray(room, WIDTH * COUNT);
            b.intoArray(room, (WIDTH + 1) * COUNT);
            c.intoArray(room, (WIDTH + 2) * COUNT);
            d.intoArray(room, (WIDTH + 3) * COUNT);
            addScaled(w, at, WIDTH, room);
            at += 9 * WIDTH * WORD;
        }
    }

    private static void someBytes(MemorySegment w, long at, int width, Inputs in, int from, int to, float[] room) {
        int step = width * WORD;
        for (int b = from; b < to; b++) {
            for (int p = 0; p < width; p++) {
                bytes(w, at + step + p * WORD, step, in.values, b * BLOCK, in.starts[b], room, p);
            }
            addScaled(w, at, width, room);
            at += 9L * step;
        }
    }

    private static void floats(
            WeightFormat format, MemorySegment w, long at, int width, Inputs in, int from, int to, float[] room) {
        int step = width * WORD;
        for (int b = from; b < to; b++) {
            for (int p = 0; p < width; p++) {
                switch (format) {
                    case F16 -> halves(w, at + p * WORD, step, in.values, b * BLOCK, room, p);
                    case BF16 -> bfloats(w, at + p * WORD, step, in.values, b * BLOCK, room, p);
                    default -> singles(w, at + p * WORD, step, in.values, b * BLOCK, room, p);
                }
            }
            add(width, room);
            at += (long) format.words() * step;
        }
    }

    private static FloatVector all(float[] x, int i) {
        return FloatVector.broadcast(F, x[i]);
    }

    private static FloatVector masked(IntVector v, IntVector mask) {
        return (FloatVector) v.and(mask).convert(VectorOperators.I2F, 0);
    }

    private static void nibbles(
            MemorySegment w, long at, int step, float[] x, int xo, float start, float[] room, int panel) {
        FloatVector a = FloatVector.broadcast(F, start);
        for (int word = 0; word < 4; word++) {
            IntVector v = loadInts(w, at + word * step);
            for (int j = 0; j < 8; j++) {
                a = all(x, xo + j).fma(masked(v, IntVector.fromArray(I, NIBBLES, j * COUNT)), a);
            }
            xo += 8;
        }
        a.intoArray(room, (WIDTH + panel) * COUNT);
    }

    private static void bytes(
            MemorySegment w, long at, int step, float[] x, int xo, float start, float[] room, int panel) {
        FloatVector a = FloatVector.broadcast(F, start);
        for (int word = 0; word < 8; word++) {
            IntVector v = loadInts(w, at + word * step);
            for (int j = 0; j < 4; j++) {
                a = all(x, xo + j).fma(masked(v, IntVector.fromArray(I, BYTES, j * COUNT)), a);
            }
            xo += 4;
        }
        a.intoArray(room, (WIDTH + panel) * COUNT);
    }

    private static void halves(MemorySegment w, long at, int step, float[] x, int xo, float[] room, int panel) {
        FloatVector a = FloatVector.zero(F);
        for (int word = 0; word < BLOCK / 2; word++) {
            IntVector v = loadInts(w, at + word * step);
            a = all(x, xo + 2 * word).fma(Lanes.lowHalves(v).mul(Lanes.HALF_SCALE), a);
            a = all(x, xo + 2 * word + 1).fma(Lanes.highHalves(v).mul(Lanes.HALF_SCALE), a);
        }
        a.intoArray(room, (WIDTH + panel) * COUNT);
    }

    private static void bfloats(MemorySegment w, long at, int step, float[] x, int xo, float[] room, int panel) {
        FloatVector a = FloatVector.zero(F);
        for (int word = 0; word < BLOCK / 2; word++) {
            IntVector v = loadInts(w, at + word * step);
            a = all(x, xo + 2 * word).fma(v.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats(), a);
            a = all(x, xo + 2 * word + 1).fma(v.and(0xffff0000).reinterpretAsFloats(), a);
        }
        a.intoArray(room, (WIDTH + panel) * COUNT);
    }

    private static void singles(MemorySegment w, long at, int step, float[] x, int xo, float[] room, int panel) {
        FloatVector a = FloatVector.zero(F);
        for (int i = 0; i < BLOCK; i++) {
            a = all(x, xo + i).fma(Lanes.load(w, at + i * step), a);
        }
        a.intoArray(room, (WIDTH + panel) * COUNT);
    }

    /** Add the sums of a block of Q4, times d, and the minimum times the sum of x. */
    private static void addScaled(MemorySegment w, long at, int width, float sum, float[] room) {
        FloatVector e = FloatVector.broadcast(F, sum);
        for (int p = 0; p < width; p++) {
            IntVector v = IntVector.fromMemorySegment(I, w, at + p * WORD, ORDER);
            FloatVector d = v.lanewise(VectorOperators.LSHL, 16)
                    .lanewise(VectorOperators.ASHR, 3)
                    .and(0x8fffe000)
                    .reinterpretAsFloats()
                    .mul(Lanes.HALF_SCALE);
            FloatVector m = v.lanewise(VectorOperators.ASHR, 3)
                    .and(0x8fffe000)
                    .reinterpretAsFloats()
                    .mul(Lanes.HALF_SCALE);
            FloatVector y = FloatVector.fromArray(F, room, p * COUNT);
            y = FloatVector.fromArray(F, room, (WIDTH + p) * COUNT).fma(d, y);
            e.fma(m, y).intoArray(room, p * COUNT);
        }
    }

    private static void addScaled(MemorySegment w, long at, int width, float[] room) {
        for (int p = 0; p < width; p++) {
            FloatVector d = IntVector.fromMemorySegment(I, w, at + p * WORD, ORDER)
                    .lanewise(VectorOperators.LSHL, 16)
                    .lanewise(VectorOperators.ASHR, 3)
                    .and(0x8fffe000)
                    .reinterpretAsFloats()
                    .mul(Lanes.HALF_SCALE);
            FloatVector y = FloatVector.fromArray(F, room, p * COUNT);
            FloatVector.fromArray(F, room, (WIDTH + p) * COUNT).fma(d, y).intoArray(room, p * COUNT);
        }
    }

    private static void add(int width, float[] room) {
        for (int p = 0; p < width; p++) {
            FloatVector.fromArray(F, room, p * COUNT)
                    .add(FloatVector.fromArray(F, room, (WIDTH + p) * COUNT))
                    .intoArray(room, p * COUNT);
        }
    }
}
