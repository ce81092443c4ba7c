package pie.cpu.kernel;

import static pie.cpu.kernel.Lanes.COUNT;
import static pie.cpu.kernel.Lanes.HALF_SCALE;
import static pie.cpu.kernel.Lanes.highHalves;
import static pie.cpu.kernel.Lanes.load;
import static pie.cpu.kernel.Lanes.loadInts;
import static pie.cpu.kernel.Lanes.lowHalves;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Turn packed weights of one panel into floats: k0 .. k0 + count - 1, one vector per k, {@code stride} floats apart in {@code out}.
 *
 * <p>Methods are small on purpose: C2 gives up inlining vector operations in large ones.
 */
final class Unpack {
    private static final int WORD = COUNT * 4;

    private Unpack() {}

    static void panel(
            WeightFormat format, MemorySegment w, long panel, int k0, int count, float[] out, int at, int stride) {
        long from = panel + (long) k0 / format.group() * format.words() * WORD;
        switch (format) {
            case Q4 -> q4(w, from, count / 32, out, at, stride);
            case Q8 -> q8(w, from, count / 32, out, at, stride);
            case F16 -> f16(w, from, count / 2, out, at, stride);
            case BF16 -> bf16(w, from, count / 2, out, at, stride);
            case F32 -> f32(w, from, count, out, at, stride);
        }
    }

    private static void q4(MemorySegment w, long from, int groups, float[] out, int at, int stride) {
        for (int g = 0; g < groups; g++) {
            IntVector scales = loadInts(w, from);
            FloatVector d = lowHalves(scales).mul(HALF_SCALE);
            FloatVector m = highHalves(scales).mul(HALF_SCALE);
            for (int word = 1; word <= 4; word++) {
                nibbles(loadInts(w, from + (long) word * WORD), d, m, out, at, stride);
                at += 8 * stride;
            }
            from += 5L * WORD;
        }
    }

    private static void nibbles(IntVector v, FloatVector d, FloatVector m, float[] out, int at, int stride) {
        for (int i = 0; i < 8; i++) {
            FloatVector q = (FloatVector) v.and(15).convert(VectorOperators.I2F, 0);
            q.fma(d, m).intoArray(out, at + i * stride);
            v = v.lanewise(VectorOperators.LSHR, 4);
        }
    }

    private static void q8(MemorySegment w, long from, int groups, float[] out, int at, int stride) {
        for (int g = 0; g < groups; g++) {
            FloatVector d = lowHalves(loadInts(w, from)).mul(HALF_SCALE);
            for (int word = 1; word <= 8; word++) {
                bytes(loadInts(w, from + (long) word * WORD), d, out, at, stride);
                at += 4 * stride;
            }
            from += 9L * WORD;
        }
    }

    private static void bytes(IntVector v, FloatVector d, float[] out, int at, int stride) {
        for (int i = 0; i < 4; i++) {
            IntVector q = v.lanewise(VectorOperators.LSHL, 24 - 8 * i).lanewise(VectorOperators.ASHR, 24);
            ((FloatVector) q.convert(VectorOperators.I2F, 0)).mul(d).intoArray(out, at + i * stride);
        }
    }

    private static void f16(MemorySegment w, long from, int pairs, float[] out, int at, int stride) {
        for (int i = 0; i < pairs; i++) {
            IntVector v = loadInts(w, from + (long) i * WORD);
            lowHalves(v).mul(HALF_SCALE).intoArray(out, at + 2 * i * stride);
            highHalves(v).mul(HALF_SCALE).intoArray(out, at + (2 * i + 1) * stride);
        }
    }

    private static void bf16(MemorySegment w, long from, int pairs, float[] out, int at, int stride) {
        for (int i = 0; i < pairs; i++) {
            IntVector v = loadInts(w, from + (long) i * WORD);
            v.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().intoArray(out, at + 2 * i * stride);
            v.and(0xffff0000).reinterpretAsFloats().intoArray(out, at + (2 * i + 1) * stride);
        }
    }

    private static void f32(MemorySegment w, long from, int count, float[] out, int at, int stride) {
        for (int i = 0; i < count; i++) {
            load(w, from + (long) i * WORD).intoArray(out, at + i * stride);
        }
    }
}
