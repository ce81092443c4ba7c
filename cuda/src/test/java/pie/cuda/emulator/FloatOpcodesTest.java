package pie.cuda.emulator;

import static pie.cuda.emulator.Opcodes.body;
import static pie.cuda.emulator.Opcodes.brain;
import static pie.cuda.emulator.Opcodes.f;
import static pie.cuda.emulator.Opcodes.g;
import static pie.cuda.emulator.Opcodes.half;
import static pie.cuda.emulator.Opcodes.judged;
import static pie.cuda.emulator.Opcodes.op;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;

/** Float arithmetic against Java's strict one; approximations within the errors that the ISA states. */
@ExtendWith(Emulator.class)
final class FloatOpcodesTest {
    @TestFactory
    List<DynamicTest> singles() {
        return List.of(
                op("add.rn.f32", "f", "ff", in -> f(f(in[0]) + f(in[1]))),
                op("sub.f32", "f", "ff", in -> f(f(in[0]) - f(in[1]))),
                op("mul.rn.f32", "f", "ff", in -> f(f(in[0]) * f(in[1]))),
                op("fma.rn.f32", "f", "fff", in -> f(Math.fma(f(in[0]), f(in[1]), f(in[2])))),
                op("div.rn.f32", "f", "ff", in -> f(f(in[0]) / f(in[1]))),
                op("sqrt.rn.f32", "f", "f", in -> f((float) Math.sqrt(f(in[0])))),
                op("rcp.rn.f32", "f", "f", in -> f(1 / f(in[0]))),
                op("neg.f32", "f", "f", in -> in[0] ^ 0x80000000L),
                op("abs.f32", "f", "f", in -> in[0] & 0x7FFFFFFFL),
                op("min.f32", "f", "ff", in -> f(lesser(f(in[0]), f(in[1])))),
                op("max.f32", "f", "ff", in -> f(greater(f(in[0]), f(in[1])))),
                op("max.NaN.f32", "f", "ff", in -> f(Math.max(f(in[0]), f(in[1])))),
                op("copysign.f32", "f", "ff", in -> in[0] & 0x80000000L | in[1] & 0x7FFFFFFFL),
                op("add.ftz.f32", "f", "ff", in -> flush(f(flushed(in[0]) + flushed(in[1])))),
                op("mul.ftz.f32", "f", "ff", in -> flush(f(flushed(in[0]) * flushed(in[1])))),
                op("add.sat.f32", "f", "ff", in -> f(saturated(f(in[0]) + f(in[1])))),
                op("fma.rn.sat.f32", "f", "FFF", in -> f(saturated(Math.fma(f(in[0]), f(in[1]), f(in[2]))))),
                body(
                        "mul.rn.f32 %f20, A, B;\nadd.rn.f32 D, %f20, C;",
                        "f", "FFF", in -> f(f(in[0]) * f(in[1]) + f(in[2]))));
    }

    @TestFactory
    List<DynamicTest> directions() {
        return List.of(
                op("add.rz.f32", "f", "FF", in -> f(truncated(f(in[0]) + (double) f(in[1])))),
                op("mul.rz.f32", "f", "FF", in -> f(truncated(f(in[0]) * (double) f(in[1])))),
                op("mul.rm.f32", "f", "FF", in -> f(floor(f(in[0]) * (double) f(in[1])))),
                op("mul.rp.f32", "f", "FF", in -> f(-floor(-(f(in[0]) * (double) f(in[1]))))),
                op(
                        "fma.rm.f32",
                        "f",
                        "FFF",
                        in -> f(floor(new BigDecimal(f(in[0]))
                                .multiply(new BigDecimal(f(in[1])))
                                .add(new BigDecimal(f(in[2])))))));
    }

    @TestFactory
    List<DynamicTest> doubles() {
        return List.of(
                op("add.f64", "g", "gg", in -> g(g(in[0]) + g(in[1]))),
                op("mul.rn.f64", "g", "gg", in -> g(g(in[0]) * g(in[1]))),
                op("fma.rn.f64", "g", "ggg", in -> g(Math.fma(g(in[0]), g(in[1]), g(in[2])))),
                op("div.rn.f64", "g", "gg", in -> g(g(in[0]) / g(in[1]))),
                op("sqrt.rn.f64", "g", "g", in -> g(Math.sqrt(g(in[0])))),
                op("neg.f64", "g", "g", in -> in[0] ^ Long.MIN_VALUE),
                op("abs.f64", "g", "g", in -> in[0] & Long.MAX_VALUE),
                op("min.f64", "g", "gg", in -> {
                    double a = g(in[0]);
                    double b = g(in[1]);
                    return g(Double.isNaN(a) ? b : Double.isNaN(b) ? a : Math.min(a, b));
                }));
    }

    @TestFactory
    List<DynamicTest> halves() {
        return List.of(
                op("add.f16", "h", "hh", in -> canonical(half(half(in[0]) + half(in[1])))),
                op("mul.f16", "h", "hh", in -> canonical(half(half(in[0]) * half(in[1])))),
                op("fma.rn.bf16", "h", "hhh", in -> brainOf((double) brain(in[0]) * brain(in[1]), brain(in[2]))),
                op("max.bf16", "h", "hh", in -> brain(greater(brain(in[0]), brain(in[1])))),
                op("neg.bf16", "h", "h", in -> in[0] ^ 0x8000),
                body(
                        "add.f16x2 D, A, B;",
                        "r",
                        "rr",
                        in -> canonical(half(half(in[0]) + half(in[1])))
                                | canonical(half(half(in[0] >>> 16) + half(in[1] >>> 16))) << 16));
    }

    @TestFactory
    List<DynamicTest> approximations() {
        return List.of(
                near("ex2.approx.f32", "F", x -> Math.pow(2, x), 2, 0),
                near("ex2.approx.ftz.f32", "F", x -> Math.pow(2, x), 2, 0),
                near(
                        "lg2.approx.f32",
                        "F",
                        x -> Math.log(Math.abs(x)) / Math.log(2),
                        2,
                        0x1p-22,
                        "abs.f32 %f1, %f1;\n"),
                near("rcp.approx.f32", "F", x -> 1 / x, 1, 0),
                near("rcp.approx.ftz.f32", "F", x -> 1 / x, 1, 0),
                near("rsqrt.approx.f32", "F", x -> 1 / Math.sqrt(Math.abs(x)), 2, 0, "abs.f32 %f1, %f1;\n"),
                near("sqrt.approx.f32", "F", x -> Math.sqrt(Math.abs(x)), 2, 0, "abs.f32 %f1, %f1;\n"),
                near("sin.approx.f32", "F", Math::sin, 2, 0x1p-20),
                near("cos.approx.f32", "F", Math::cos, 2, 0x1p-20),
                near("tanh.approx.f32", "F", Math::tanh, 2, 0x1p-11),
                judged(
                        "div.full.f32 D, A, B;",
                        "f",
                        "FF",
                        (actual, in) -> within(f(actual), (double) f(in[0]) / f(in[1]), 2, 0),
                        in -> f(f(in[0]) / f(in[1]))),
                body(
                        "ex2.approx.f32 D, A;",
                        "f",
                        "R",
                        in -> f((float) Math.pow(2, Float.intBitsToFloat((int) in[0])))));
    }

    private static DynamicTest near(String opcode, String from, DoubleUnaryOperator function, int ulps, double error) {
        return near(opcode, from, function, ulps, error, "");
    }

    private static DynamicTest near(
            String opcode, String from, DoubleUnaryOperator function, int ulps, double error, String before) {
        return judged(
                before + opcode + " D, A;",
                "f",
                from,
                (actual, in) -> within(f(actual), function.applyAsDouble(f(in[0])), ulps, error),
                in -> f((float) function.applyAsDouble(f(in[0]))));
    }

    private static boolean within(float actual, double exact, int ulps, double error) {
        float rounded = (float) exact;
        if (Float.isNaN(rounded) || Float.isInfinite(rounded)) {
            return Float.compare(actual, rounded) == 0;
        }
        return Math.abs(actual - exact) <= Math.max(error, ulps * (double) Math.ulp(rounded));
    }

    private static float lesser(float a, float b) {
        return Float.isNaN(a) ? b : Float.isNaN(b) ? a : Math.min(a, b);
    }

    private static float greater(float a, float b) {
        return Float.isNaN(a) ? b : Float.isNaN(b) ? a : Math.max(a, b);
    }

    private static float saturated(float v) {
        return v > 0 ? Math.min(v, 1) : 0;
    }

    private static float flushed(long bits) {
        return f(flush(bits));
    }

    private static long flush(long bits) {
        return (bits & 0x7F800000L) == 0 ? bits & 0x80000000L : bits;
    }

    private static float truncated(double exact) {
        return exact < 0 ? -floor(-exact) : floor(exact);
    }

    private static float floor(double exact) {
        float v = (float) exact;
        return v > exact ? Math.nextDown(v) : v;
    }

    private static float floor(BigDecimal exact) {
        float v = exact.round(new MathContext(60)).floatValue();
        return new BigDecimal(v).compareTo(exact) > 0 ? Math.nextDown(v) : v;
    }

    private static long canonical(long half) {
        return (half & 0x7FFF) > 0x7C00 ? 0x7FFF : half;
    }

    private static long brainOf(double product, float c) {
        double sum = product + c;
        if (Double.isNaN(sum)) {
            return 0x7FFF;
        }
        float v = (float) sum;
        if (v != sum && !Float.isInfinite(v)) { // round to odd first
            int bits = Float.floatToRawIntBits(v);
            v = Float.intBitsToFloat((Math.abs((double) v) > Math.abs(sum) ? bits - 1 : bits) | 1);
        }
        return brain(v);
    }
}
