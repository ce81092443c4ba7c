package pie.cpu.kernel;

import static pie.cpu.kernel.Lanes.COUNT;
import static pie.cpu.kernel.Lanes.HALF_SCALE;
import static pie.cpu.kernel.Lanes.highHalves;
import static pie.cpu.kernel.Lanes.load;
import static pie.cpu.kernel.Lanes.loadInts;
import static pie.cpu.kernel.Lanes.lowHalves;
import static pie.cpu.kernel.WeightFormat.BLOCK;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Turn one block of a strip into floats for many rows to use: float (i, panel, lane) at (i * width + panel) * COUNT + lane.
 *
 * <p>Methods are small on purpose: C2 gives up inlining vector operations in large ones.
 */
final class Unpack {
    private static final int WORD = COUNT * 4;

    private Unpack() {}

    /** Unpack the values of a block, integers without their scale. */
    static void block(WeightFormat format, MemorySegment w, long at, int width, float[] out) {
        int words = format.words() * width;
        switch (format) {
            case Q4 -> {
                for (int word = width; word < words; word++) {
                    nibbles(loadInts(w, at + (long) word * WORD), out, place(word - width, width, 8), width * COUNT);
                }
            }
            case Q8 -> {
                for (int word = width; word < words; word++) {
                    bytes(loadInts(w, at + (long) word * WORD), out, place(word - width, width, 4), width * COUNT);
                }
            }
            case Q8_MINIMUM, Q8_PAIR -> throw new IllegalStateException("only integers meet " + format);
            case F16 -> {
                for (int word = 0; word < words; word++) {
                    halves(loadInts(w, at + (long) word * WORD), out, place(word, width, 2), width * COUNT);
                }
            }
            case BF16 -> {
                for (int word = 0; word < words; word++) {
                    bfloats(loadInts(w, at + (long) word * WORD), out, place(word, width, 2), width * COUNT);
                }
            }
            case F32 -> {
                for (int i = 0; i < BLOCK * width; i++) {
                    load(w, at + (long) i * WORD).intoArray(out, i * COUNT);
                }
            }
        }
    }

    /** Return where the first of a word's {@code each} values goes. */
    private static int place(int word, int width, int each) {
        return (word / width * each * width + word % width) * COUNT;
    }

    private static void nibbles(IntVector v, float[] out, int at, int stride) {
        for (int j = 0; j < 8; j++) {
            ((FloatVector) v.and(15 << 4 * j).convert(VectorOperators.I2F, 0)).intoArray(out, at + j * stride);
        }
    }

    private static void bytes(IntVector v, float[] out, int at, int stride) {
        for (int j = 0; j < 4; j++) {
            ((FloatVector) v.and(255 << 8 * j).convert(VectorOperators.I2F, 0)).intoArray(out, at + j * stride);
        }
    }

    private static void halves(IntVector v, float[] out, int at, int stride) {
        lowHalves(v).mul(HALF_SCALE).intoArray(out, at);
        highHalves(v).mul(HALF_SCALE).intoArray(out, at + stride);
    }

    private static void bfloats(IntVector v, float[] out, int at, int stride) {
        v.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().intoArray(out, at);
        v.and(0xffff0000).reinterpretAsFloats().intoArray(out, at + stride);
    }

    /** Unpack the scales of a block: d of each panel, then m of each panel. */
    static void scales(MemorySegment w, long at, int width, float[] out) {
        for (int p = 0; p < width; p++) {
            IntVector v = loadInts(w, at + (long) p * WORD);
            lowHalves(v).mul(HALF_SCALE).intoArray(out, p * COUNT);
            highHalves(v).mul(HALF_SCALE).intoArray(out, (width + p) * COUNT);
        }
    }
}
