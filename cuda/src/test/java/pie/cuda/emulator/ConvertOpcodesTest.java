package pie.cuda.emulator;

import static pie.cuda.emulator.Opcodes.body;
import static pie.cuda.emulator.Opcodes.brain;
import static pie.cuda.emulator.Opcodes.f;
import static pie.cuda.emulator.Opcodes.g;
import static pie.cuda.emulator.Opcodes.half;
import static pie.cuda.emulator.Opcodes.op;

import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;

/** Conversions against Java's casts. */
@ExtendWith(Emulator.class)
final class ConvertOpcodesTest {
    private static final double TWO_64 = 0x1p64;

    @TestFactory
    List<DynamicTest> integers() {
        return List.of(
                op("cvt.u32.u16", "r", "h", in -> in[0]),
                op("cvt.s32.s16", "r", "h", in -> (short) in[0]),
                op("cvt.s64.s32", "d", "r", in -> (int) in[0]),
                op("cvt.u64.u32", "d", "r", in -> in[0]),
                op("cvt.u32.u64", "r", "d", in -> in[0]),
                op("cvt.u16.u32", "h", "r", in -> in[0]),
                op("cvt.s32.s8", "r", "r", in -> (byte) in[0]),
                op("cvt.u32.u8", "r", "r", in -> in[0] & 0xFF),
                op("cvt.s8.s32", "r", "r", in -> (byte) in[0]),
                op("cvt.s64.s16", "d", "h", in -> (short) in[0]),
                op("cvt.s32.s8", "r", "d", in -> (byte) in[0]),
                op("cvt.sat.s8.s32", "r", "r", in -> Math.clamp((int) in[0], -128, 127)),
                op("cvt.sat.u8.s32", "r", "r", in -> Math.clamp((int) in[0], 0, 255)),
                op("cvt.sat.u32.s64", "r", "d", in -> Math.clamp(in[0], 0, 0xFFFFFFFFL)));
    }

    @TestFactory
    List<DynamicTest> toFloats() {
        return List.of(
                op("cvt.rn.f32.s32", "f", "r", in -> f((float) (int) in[0])),
                op("cvt.rn.f32.u32", "f", "r", in -> f((float) in[0])),
                op("cvt.rn.f32.s64", "f", "d", in -> f((float) in[0])),
                op("cvt.rn.f64.s64", "g", "d", in -> g((double) in[0])),
                op("cvt.rn.f64.u64", "g", "d", in -> g(in[0] >= 0 ? (double) in[0] : unsigned(in[0]))),
                op("cvt.rz.f32.s32", "f", "r", in -> {
                    float v = (float) (int) in[0];
                    return f(
                            Math.abs((double) v) > Math.abs((double) (int) in[0])
                                    ? v < 0 ? Math.nextUp(v) : Math.nextDown(v)
                                    : v);
                }),
                op("cvt.rn.f16.s32", "h", "R", in -> half((float) in[0])));
    }

    private static double unsigned(long v) {
        return new java.math.BigDecimal(Long.toUnsignedString(v)).doubleValue();
    }

    @TestFactory
    List<DynamicTest> toIntegers() {
        return List.of(
                op("cvt.rzi.s32.f32", "r", "f", in -> (int) f(in[0])),
                op("cvt.rzi.u32.f32", "r", "f", in -> Math.clamp((long) f(in[0]), 0, 0xFFFFFFFFL)),
                op("cvt.rni.s32.f32", "r", "F", in -> (int) Math.rint(f(in[0]))),
                op("cvt.rmi.s32.f32", "r", "F", in -> (int) Math.floor(f(in[0]))),
                op("cvt.rpi.s32.f32", "r", "F", in -> (int) Math.ceil(f(in[0]))),
                op("cvt.rzi.s64.f32", "d", "f", in -> Float.isNaN(f(in[0])) ? Long.MIN_VALUE : (long) f(in[0])),
                op("cvt.rzi.u64.f64", "d", "g", in -> {
                    double v = g(in[0]);
                    return Double.isNaN(v)
                            ? Long.MIN_VALUE
                            : v <= 0
                                    ? 0
                                    : v >= TWO_64
                                            ? -1
                                            : new java.math.BigDecimal(v)
                                                    .toBigInteger()
                                                    .longValue();
                }),
                op("cvt.rzi.s32.f64", "r", "g", in -> Double.isNaN(g(in[0])) ? Integer.MIN_VALUE : (int) g(in[0])),
                op("cvt.rzi.u8.f32", "r", "F", in -> Math.clamp((int) f(in[0]), 0, 255)));
    }

    @TestFactory
    List<DynamicTest> betweenFloats() {
        return List.of(
                op("cvt.f64.f32", "g", "f", in -> g(f(in[0]))),
                op("cvt.rn.f32.f64", "f", "g", in -> f((float) g(in[0]))),
                op("cvt.rz.f32.f64", "f", "G", in -> {
                    float v = (float) g(in[0]);
                    return f(Math.abs((double) v) > Math.abs(g(in[0])) ? v < 0 ? Math.nextUp(v) : Math.nextDown(v) : v);
                }),
                op("cvt.rni.f32.f32", "f", "F", in -> f((float) Math.rint(f(in[0])))),
                op("cvt.rmi.f32.f32", "f", "F", in -> f((float) Math.floor(f(in[0])))),
                op(
                        "cvt.rzi.f32.f32",
                        "f",
                        "F",
                        in -> f((float) (f(in[0]) < 0 ? Math.ceil(f(in[0])) : Math.floor(f(in[0]))))),
                op("cvt.rpi.f64.f64", "g", "G", in -> g(Math.ceil(g(in[0])))),
                op("cvt.sat.f32.f32", "f", "f", in -> f(f(in[0]) > 0 ? Math.min(f(in[0]), 1) : 0)),
                op("cvt.f32.f16", "f", "h", in -> f(half(in[0]))),
                op("cvt.rn.f16.f32", "h", "f", in -> Float.isNaN(f(in[0])) ? 0x7FFF : half(f(in[0]))),
                op("cvt.rn.f16.f32", "h", "F", in -> half(f(in[0]))),
                op("cvt.rz.f16.f32", "h", "F", in -> truncatedHalf(f(in[0]))),
                op("cvt.f32.bf16", "f", "h", in -> f(brain(in[0]))),
                op("cvt.rn.bf16.f32", "h", "f", in -> brain(f(in[0]))),
                op("cvt.rz.bf16.f32", "h", "F", in -> in[0] >> 16),
                body("cvt.rn.bf16x2.f32 D, A, B;", "r", "FF", in -> brain(f(in[0])) << 16 | brain(f(in[1]))),
                body("cvt.rn.f16x2.f32 D, A, B;", "r", "FF", in -> half(f(in[0])) << 16 | half(f(in[1]))));
    }

    private static long truncatedHalf(float v) {
        long bits = half(v);
        return Math.abs(half(bits)) > Math.abs(v) ? bits - 1 : bits;
    }
}
