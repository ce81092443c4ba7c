package pie.cuda.emulator;

import static pie.cuda.emulator.Opcodes.body;
import static pie.cuda.emulator.Opcodes.op;

import java.math.BigInteger;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;

/** Integer arithmetic against Java's. */
@ExtendWith(Emulator.class)
final class IntegerOpcodesTest {
    private static final long LOW = 0xFFFFFFFFL;

    @TestFactory
    List<DynamicTest> sums() {
        return List.of(
                op("add.s16", "h", "hh", in -> in[0] + in[1]),
                op("add.s32", "r", "rr", in -> in[0] + in[1]),
                op("add.u32", "r", "rr", in -> in[0] + in[1]),
                op(
                        "add.sat.s32",
                        "r",
                        "rr",
                        in -> Math.clamp((long) (int) in[0] + (int) in[1], Integer.MIN_VALUE, Integer.MAX_VALUE)),
                op("add.s64", "d", "dd", in -> in[0] + in[1]),
                op("sub.s16", "h", "hh", in -> in[0] - in[1]),
                op("sub.s32", "r", "rr", in -> in[0] - in[1]),
                op(
                        "sub.sat.s32",
                        "r",
                        "rr",
                        in -> Math.clamp((long) (int) in[0] - (int) in[1], Integer.MIN_VALUE, Integer.MAX_VALUE)),
                op("sub.u64", "d", "dd", in -> in[0] - in[1]),
                op("neg.s32", "r", "r", in -> -in[0]),
                op("neg.s64", "d", "d", in -> -in[0]),
                op("abs.s32", "r", "r", in -> Math.abs((int) in[0])),
                op("abs.s64", "d", "d", in -> Math.abs(in[0])),
                op("sad.u32", "r", "rrr", in -> Math.abs(in[0] - in[1]) + in[2]),
                op("min.s32", "r", "rr", in -> Math.min((int) in[0], (int) in[1])),
                op("min.u32", "r", "rr", in -> Math.min(in[0], in[1])),
                op("max.s32", "r", "rr", in -> Math.max((int) in[0], (int) in[1])),
                op("max.u64", "d", "dd", in -> Long.compareUnsigned(in[0], in[1]) > 0 ? in[0] : in[1]),
                op("min.s16", "h", "hh", in -> Math.min((short) in[0], (short) in[1])),
                op("max.u16", "h", "hh", in -> Math.max(in[0], in[1])));
    }

    @TestFactory
    List<DynamicTest> products() {
        return List.of(
                op("mul.lo.s16", "h", "hh", in -> in[0] * in[1]),
                op("mul.hi.s16", "h", "hh", in -> ((short) in[0] * (short) in[1]) >> 16),
                op("mul.lo.s32", "r", "rr", in -> in[0] * in[1]),
                op("mul.hi.s32", "r", "rr", in -> Math.multiplyHigh((long) (int) in[0] << 32, (int) in[1])),
                op("mul.hi.u32", "r", "rr", in -> (in[0] * in[1]) >>> 32),
                op("mul.lo.s64", "d", "dd", in -> in[0] * in[1]),
                op("mul.hi.s64", "d", "dd", in -> Math.multiplyHigh(in[0], in[1])),
                op("mul.hi.u64", "d", "dd", in -> Math.unsignedMultiplyHigh(in[0], in[1])),
                op("mul.wide.s16", "r", "hh", in -> (short) in[0] * (short) in[1]),
                op("mul.wide.u16", "r", "hh", in -> in[0] * in[1]),
                op("mul.wide.s32", "d", "rr", in -> (long) (int) in[0] * (int) in[1]),
                op("mul.wide.u32", "d", "rr", in -> in[0] * in[1]),
                op("mad.lo.s32", "r", "rrr", in -> in[0] * in[1] + in[2]),
                op("mad.lo.u64", "d", "ddd", in -> in[0] * in[1] + in[2]),
                op("mad.hi.u32", "r", "rrr", in -> ((in[0] * in[1]) >>> 32) + in[2]),
                op("mad.wide.s32", "d", "rrd", in -> (long) (int) in[0] * (int) in[1] + in[2]),
                op("mad.wide.u32", "d", "rrd", in -> in[0] * in[1] + in[2]),
                op("mul24.lo.s32", "r", "rr", in -> (long) ((int) in[0] << 8 >> 8) * ((int) in[1] << 8 >> 8)),
                op("dp4a.s32.s32", "r", "rrr", in -> in[2] + dot(in[0], in[1])));
    }

    private static long dot(long a, long b) {
        long sum = 0;
        for (int i = 0; i < 32; i += 8) {
            sum += (byte) (a >> i) * (byte) (b >> i);
        }
        return sum;
    }

    @TestFactory
    List<DynamicTest> quotients() {
        return List.of(
                op("div.s32", "r", "rr", in -> (int) in[1] == 0 ? -1 : (int) in[0] / (int) in[1]),
                op("div.u32", "r", "rr", in -> in[1] == 0 ? -1 : in[0] / in[1]),
                op("div.s64", "d", "dd", in -> in[1] == 0 ? -1 : in[0] / in[1]),
                op("div.u64", "d", "dd", in -> in[1] == 0 ? -1 : Long.divideUnsigned(in[0], in[1])),
                op("rem.s32", "r", "rr", in -> (int) in[1] == 0 ? in[0] : (int) in[0] % (int) in[1]),
                op("rem.u32", "r", "rr", in -> in[1] == 0 ? in[0] : in[0] % in[1]),
                op("rem.s64", "d", "dd", in -> in[1] == 0 ? in[0] : in[0] % in[1]),
                op("rem.u64", "d", "dd", in -> in[1] == 0 ? in[0] : Long.remainderUnsigned(in[0], in[1])));
    }

    @TestFactory
    List<DynamicTest> carries() {
        BigInteger two = BigInteger.ONE.shiftLeft(64);
        return List.of(
                body("add.cc.u32 %r20, A, B;\naddc.u32 D, C, 0;", "r", "rrr", in -> in[2] + ((in[0] + in[1]) >>> 32)),
                body("sub.cc.u32 %r20, A, B;\nsubc.u32 D, C, 0;", "r", "rrr", in -> in[2] - (in[0] < in[1] ? 1 : 0)),
                body(
                        "add.cc.u64 %d20, A, B;\naddc.u64 D, A, C;",
                        "d",
                        "ddd",
                        in -> in[0]
                                + in[2]
                                + (unsigned(in[0]).add(unsigned(in[1])).compareTo(two) >= 0 ? 1 : 0)),
                body(
                        "mad.lo.cc.u32 %r20, A, B, C;\nmadc.hi.u32 D, A, B, 0;",
                        "r", "rrr", in -> ((in[0] * in[1]) >>> 32) + (((in[0] * in[1] & LOW) + in[2]) >>> 32)));
    }

    private static BigInteger unsigned(long v) {
        return new BigInteger(Long.toUnsignedString(v));
    }
}
