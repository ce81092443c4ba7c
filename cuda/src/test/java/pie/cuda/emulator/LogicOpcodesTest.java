package pie.cuda.emulator;

import static pie.cuda.emulator.Opcodes.body;
import static pie.cuda.emulator.Opcodes.op;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;

/** Bits, shifts, fields, comparisons and selections against Java's. */
@ExtendWith(Emulator.class)
final class LogicOpcodesTest {
    private static final long LOW = 0xFFFFFFFFL;

    @TestFactory
    List<DynamicTest> bits() {
        return List.of(
                op("and.b16", "h", "hh", in -> in[0] & in[1]),
                op("and.b32", "r", "rr", in -> in[0] & in[1]),
                op("or.b64", "d", "dd", in -> in[0] | in[1]),
                op("xor.b32", "r", "rr", in -> in[0] ^ in[1]),
                op("not.b32", "r", "r", in -> ~in[0]),
                op("not.b64", "d", "d", in -> ~in[0]),
                op("cnot.b32", "r", "r", in -> in[0] == 0 ? 1 : 0),
                op("popc.b32", "r", "r", in -> Long.bitCount(in[0])),
                op("popc.b64", "r", "d", in -> Long.bitCount(in[0])),
                op("clz.b32", "r", "r", in -> Integer.numberOfLeadingZeros((int) in[0])),
                op("clz.b64", "r", "d", in -> Long.numberOfLeadingZeros(in[0])),
                op("brev.b32", "r", "r", in -> Integer.reverse((int) in[0])),
                op("brev.b64", "d", "d", in -> Long.reverse(in[0])),
                op("bfind.u32", "r", "r", in -> 31 - Integer.numberOfLeadingZeros((int) in[0])),
                op(
                        "bfind.s32",
                        "r",
                        "r",
                        in -> 31 - Integer.numberOfLeadingZeros((int) in[0] < 0 ? ~(int) in[0] : (int) in[0])),
                op("bfind.shiftamt.u32", "r", "r", in -> in[0] == 0 ? -1 : Integer.numberOfLeadingZeros((int) in[0])),
                op("bfind.u64", "r", "d", in -> 63 - Long.numberOfLeadingZeros(in[0])));
    }

    @TestFactory
    List<DynamicTest> shifts() {
        return List.of(
                op("shl.b16", "h", "hR", in -> in[1] > 15 ? 0 : in[0] << in[1]),
                op("shl.b32", "r", "rR", in -> in[1] > 31 ? 0 : in[0] << in[1]),
                op("shl.b64", "d", "dR", in -> in[1] > 63 ? 0 : in[0] << in[1]),
                op("shr.u32", "r", "rR", in -> in[1] > 31 ? 0 : in[0] >>> in[1]),
                op("shr.s32", "r", "rR", in -> (int) in[0] >> Math.min(in[1], 31)),
                op("shr.s16", "h", "hR", in -> (short) in[0] >> Math.min(in[1], 15)),
                op("shr.u16", "h", "hR", in -> in[1] > 15 ? 0 : in[0] >> in[1]),
                op("shr.u64", "d", "dr", in -> in[1] > 63 ? 0 : in[0] >>> in[1]),
                op("shr.s64", "d", "dr", in -> in[0] >> Math.min(in[1], 63)),
                op("shf.l.wrap.b32", "r", "rrr", in -> (in[1] << 32 | in[0]) << (in[2] & 31) >>> 32),
                op("shf.r.wrap.b32", "r", "rrr", in -> (in[1] << 32 | in[0]) >>> (in[2] & 31)),
                op("shf.l.clamp.b32", "r", "rrR", in -> in[2] > 31 ? in[0] : (in[1] << 32 | in[0]) << in[2] >>> 32),
                op("shf.r.clamp.b32", "r", "rrR", in -> in[2] > 31 ? in[1] : (in[1] << 32 | in[0]) >>> in[2]));
    }

    @TestFactory
    List<DynamicTest> fields() {
        List<DynamicTest> all = new ArrayList<>(List.of(
                op("bfe.u32", "r", "rRR", in -> field(in[0], in[1], in[2], 32, false)),
                op("bfe.s32", "r", "rRR", in -> field(in[0], in[1], in[2], 32, true)),
                op("bfe.u64", "d", "dRR", in -> field(in[0], in[1], in[2], 64, false)),
                op("bfe.s64", "d", "dRR", in -> field(in[0], in[1], in[2], 64, true)),
                op("bfi.b32", "r", "rrRR", in -> inserted(in[0], in[1], in[2], in[3], 32)),
                op("bfi.b64", "d", "ddRR", in -> inserted(in[0], in[1], in[2], in[3], 64)),
                op("prmt.b32", "r", "rrr", in -> permuted(in[0], in[1], in[2]))));
        SplittableRandom random = new SplittableRandom(3);
        for (int i = 0; i < 8; i++) {
            int table = random.nextInt(256);
            all.add(body("lop3.b32 D, A, B, C, " + table + ";", "r", "rrr", in -> lookedUp(in, table)));
        }
        return all;
    }

    private static long field(long a, long position, long length, int bits, boolean signed) {
        long result = 0;
        long top = Math.min(position + length - 1, bits - 1);
        boolean sign = signed && length > 0 && (a >> top & 1) != 0;
        for (int i = 0; i < bits; i++) {
            boolean bit = i < length && position + i < bits ? (a >> (position + i) & 1) != 0 : sign;
            result |= (bit ? 1L : 0L) << i;
        }
        return result;
    }

    private static long inserted(long a, long b, long position, long length, int bits) {
        long result = b;
        for (int i = 0; i < length && position + i < bits; i++) {
            result = result & ~(1L << (position + i)) | (a >> i & 1) << (position + i);
        }
        return result;
    }

    private static long permuted(long a, long b, long selector) {
        long both = b << 32 | a;
        long result = 0;
        for (int i = 0; i < 4; i++) {
            int pick = (int) (selector >> 4 * i);
            long octet = both >> 8 * (pick & 7) & 0xFF;
            result |= ((pick & 8) == 0 ? octet : octet >= 128 ? 255 : 0) << 8 * i;
        }
        return result;
    }

    private static long lookedUp(long[] in, int table) {
        long result = 0;
        for (int i = 0; i < 32; i++) {
            int row = (int) (in[0] >> i & 1) << 2 | (int) (in[1] >> i & 1) << 1 | (int) (in[2] >> i & 1);
            result |= (long) (table >> row & 1) << i;
        }
        return result;
    }

    @TestFactory
    List<DynamicTest> moves() {
        return List.of(
                op("mov.u32", "r", "r", in -> in[0]),
                op("mov.b64", "d", "d", in -> in[0]),
                body("mov.b32 D, {A, B};", "r", "hh", in -> in[0] | in[1] << 16),
                body("mov.b64 D, {A, B};", "d", "rr", in -> in[0] | in[1] << 32),
                body("mov.b32 {%h20, D}, A;", "h", "r", in -> in[0] >> 16),
                body("mov.b64 {D, _}, A;", "r", "d", in -> in[0]),
                body(
                        "mov.b64 {%h20, %h21, %h22, %h23}, A;\nmov.b64 D, {%h23, %h20, %h22, %h21};",
                        "d", "d", in -> {
                            long v = in[0];
                            return v >>> 48
                                    | (v & 0xFFFF) << 16
                                    | (v >>> 32 & 0xFFFF) << 32
                                    | (v >>> 16 & 0xFFFF) << 48;
                        }));
    }

    @TestFactory
    List<DynamicTest> comparisons() {
        String select = "\nselp.u32 D, 1, 0, %p1;";
        return List.of(
                body("setp.lt.s32 %p1, A, B;" + select, "r", "rr", in -> (int) in[0] < (int) in[1] ? 1 : 0),
                body("setp.lt.u32 %p1, A, B;" + select, "r", "rr", in -> in[0] < in[1] ? 1 : 0),
                body("setp.hs.u32 %p1, A, B;" + select, "r", "rr", in -> in[0] >= in[1] ? 1 : 0),
                body("setp.ge.s16 %p1, A, B;" + select, "r", "hh", in -> (short) in[0] >= (short) in[1] ? 1 : 0),
                body("setp.eq.b64 %p1, A, B;" + select, "r", "dd", in -> in[0] == in[1] ? 1 : 0),
                body(
                        "setp.gt.u64 %p1, A, B;" + select,
                        "r",
                        "dd",
                        in -> Long.compareUnsigned(in[0], in[1]) > 0 ? 1 : 0),
                body("setp.ne.s64 %p1, A, B;" + select, "r", "dd", in -> in[0] != in[1] ? 1 : 0),
                body("setp.lt.f32 %p1, A, B;" + select, "r", "ff", in -> Opcodes.f(in[0]) < Opcodes.f(in[1]) ? 1 : 0),
                body(
                        "setp.ne.f32 %p1, A, B;" + select,
                        "r",
                        "ff",
                        in -> ordered(in) && Opcodes.f(in[0]) != Opcodes.f(in[1]) ? 1 : 0),
                body("setp.neu.f32 %p1, A, B;" + select, "r", "ff", in -> Opcodes.f(in[0]) != Opcodes.f(in[1]) ? 1 : 0),
                body(
                        "setp.leu.f32 %p1, A, B;" + select,
                        "r",
                        "ff",
                        in -> !(Opcodes.f(in[0]) > Opcodes.f(in[1])) ? 1 : 0),
                body(
                        "setp.geu.f64 %p1, A, B;" + select,
                        "r",
                        "gg",
                        in -> !(Opcodes.g(in[0]) < Opcodes.g(in[1])) ? 1 : 0),
                body("setp.nan.f32 %p1, A, B;" + select, "r", "ff", in -> ordered(in) ? 0 : 1),
                body("setp.num.f32 %p1, A, B;" + select, "r", "ff", in -> ordered(in) ? 1 : 0),
                body(
                        "setp.lt.s32 %p2, A, 5;\nsetp.gt.and.s32 %p1, B, 7, %p2;" + select,
                        "r",
                        "rr",
                        in -> (int) in[1] > 7 && (int) in[0] < 5 ? 1 : 0),
                body(
                        "setp.lt.s32 %p2, A, 5;\nsetp.gt.or.s32 %p3|%p1, B, 7, !%p2;" + select,
                        "r",
                        "rr",
                        in -> !((int) in[1] > 7) || !((int) in[0] < 5) ? 1 : 0),
                body(
                        "setp.lt.s32 %p2, A, 5;\nsetp.lt.s32 %p3, B, 5;\nxor.pred %p1, %p2, %p3;" + select,
                        "r",
                        "rr",
                        in -> (int) in[0] < 5 != (int) in[1] < 5 ? 1 : 0),
                body("set.gt.u32.s32 D, A, B;", "r", "rr", in -> (int) in[0] > (int) in[1] ? LOW : 0),
                body(
                        "set.lt.f32.f32 D, A, B;",
                        "f",
                        "ff",
                        in -> Opcodes.f(Opcodes.f(in[0]) < Opcodes.f(in[1]) ? 1f : 0f)),
                body("slct.b32.s32 D, A, B, C;", "r", "rrr", in -> (int) in[2] >= 0 ? in[0] : in[1]),
                body(
                        "setp.lt.s32 %p1, A, 0;\n@%p1 add.s32 %r1, %r1, 9;\n@!%p1 sub.s32 %r1, %r1, B;\nmov.u32 D, %r1;",
                        "r", "rr", in -> (int) in[0] < 0 ? in[0] + 9 : in[0] - in[1]));
    }

    private static boolean ordered(long[] in) {
        return !Float.isNaN(Opcodes.f(in[0])) && !Float.isNaN(Opcodes.f(in[1]));
    }
}
