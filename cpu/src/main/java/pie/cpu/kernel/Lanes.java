package pie.cpu.kernel;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Hold the vector shape of this processor, and the few operations that all kernels share. */
public final class Lanes {
    public static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
    static final VectorSpecies<Integer> I = IntVector.SPECIES_PREFERRED;
    /** Floats of one vector: 16 with AVX-512, 8 with AVX2. */
    public static final int COUNT = F.length();

    static final ByteOrder ORDER = ByteOrder.nativeOrder();

    /** A half moved into the exponent field of a float is too small by this factor. */
    static final float HALF_SCALE = 0x1p112f;

    static final float LOG2E = 0x1.715476p0f;
    static final float LN2_HIGH = 0x1.62e4p-1f;
    static final float LN2_LOW = 0x1.7f7d1cp-20f;
    /** Added and taken away again, rounds to the nearest integer and leaves it in the low bits. */
    static final float ROUNDING = 0x1.8p23f;

    static final float EXP_LEAST = -87f;
    static final float EXP_MOST = 88f;

    private Lanes() {}

    /** Return n rounded up to whole vectors. */
    public static int roundUp(int n) {
        return (n + COUNT - 1) / COUNT * COUNT;
    }

    static FloatVector load(MemorySegment s, long offset) {
        return FloatVector.fromMemorySegment(F, s, offset, ORDER);
    }

    static IntVector loadInts(MemorySegment s, long offset) {
        return IntVector.fromMemorySegment(I, s, offset, ORDER);
    }

    /** Return the low halves as floats that are too small by {@link #HALF_SCALE}; infinities and NaN are not expected. */
    static FloatVector lowHalves(IntVector v) {
        return v.lanewise(VectorOperators.LSHL, 16)
                .lanewise(VectorOperators.ASHR, 3)
                .and(0x8fffe000)
                .reinterpretAsFloats();
    }

    /** Return the high halves as floats that are too small by {@link #HALF_SCALE}. */
    static FloatVector highHalves(IntVector v) {
        return v.lanewise(VectorOperators.ASHR, 3).and(0x8fffe000).reinterpretAsFloats();
    }

    /**
     * Return e^x to about 1e-7, exactly 0 below -87 and cut off above 88.
     *
     * <p>Source: Cephes {@code expf}; see {@link Scalar#exp} for the twin.
     */
    static FloatVector exp(FloatVector v) {
        FloatVector x = v.min(EXP_MOST).max(EXP_LEAST);
        FloatVector z = x.fma(FloatVector.broadcast(F, LOG2E), FloatVector.broadcast(F, ROUNDING));
        FloatVector n = z.sub(ROUNDING);
        FloatVector r = n.fma(FloatVector.broadcast(F, -LN2_HIGH), x);
        r = n.fma(FloatVector.broadcast(F, -LN2_LOW), r);
        FloatVector p = FloatVector.broadcast(F, 1.9875691500e-4f);
        p = p.fma(r, FloatVector.broadcast(F, 1.3981999507e-3f));
        p = p.fma(r, FloatVector.broadcast(F, 8.3334519073e-3f));
        p = p.fma(r, FloatVector.broadcast(F, 4.1665795894e-2f));
        p = p.fma(r, FloatVector.broadcast(F, 1.6666665459e-1f));
        p = p.fma(r, FloatVector.broadcast(F, 5.0000001201e-1f));
        p = p.fma(r.mul(r), r.add(1f));
        IntVector power = z.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23);
        return p.reinterpretAsInts().add(power).reinterpretAsFloats().blend(0f, v.lt(EXP_LEAST));
    }

    /** Sum the lanes in a fixed tree order; {@code room} takes {@link #COUNT} floats and is overwritten. */
    static float sum(FloatVector v, float[] room) {
        v.intoArray(room, 0);
        return Scalar.tree(room, COUNT);
    }
}
