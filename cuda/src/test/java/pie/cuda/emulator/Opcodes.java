package pie.cuda.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DynamicTest;

/**
 * Compare one instruction with a Java expression, for values at the edges of their types and for random ones. Values are bits in a
 * long. A type is a letter, as of the registers that hold it: {@code h} 16 bits, {@code r} and {@code f} 32, {@code d} and {@code g} 64;
 * the capitals R (small counts), F (floats of moderate size) and G only choose other inputs.
 */
final class Opcodes {
    private static final int COUNT = 1024;
    private static final long[] EDGES_16 = {
        0, 1, 2, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0x8000, 0x8001, 0xFFFE, 0xFFFF, 0x3C00, 0x7C00, 0x3F80
    };
    private static final long[] EDGES_32 = {
        0,
        1,
        2,
        31,
        32,
        33,
        0x7F,
        0x80,
        0xFF,
        0x7FFF,
        0x8000,
        0xFFFF,
        0x10000,
        0x7FFFFFFFL,
        0x80000000L,
        0x80000001L,
        0xFFFFFFFEL,
        0xFFFFFFFFL,
        0x3F800000L,
        0xBF800000L,
        0x7F800000L,
        0xFF800000L,
        0x7FC00000L,
        0x00800000L,
        0x007FFFFFL,
        0x7F7FFFFFL,
        0x4F000000L,
        0x3F000000L,
        0x40200000L
    };
    private static final long[] EDGES_64 = {
        0,
        1,
        2,
        63,
        64,
        65,
        0xFFFFFFFFL,
        0x100000000L,
        0x7FFFFFFFL,
        -1,
        -2,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        Long.MIN_VALUE + 1,
        Double.doubleToRawLongBits(1),
        Double.doubleToRawLongBits(-1.5),
        Double.doubleToRawLongBits(Double.POSITIVE_INFINITY),
        Double.doubleToRawLongBits(Double.NaN),
        Double.doubleToRawLongBits(Double.MIN_VALUE),
        Double.doubleToRawLongBits(2.5),
        Double.doubleToRawLongBits(1e300)
    };

    /** Compute the expected bits. */
    interface Reference {
        long of(long[] in);
    }

    /** Say whether the result will do. */
    interface Judge {
        boolean accepts(long actual, long[] in);
    }

    private Opcodes() {}

    /** Test {@code opcode dst, src ...;}. */
    static DynamicTest op(String opcode, String to, String from, Reference reference) {
        StringBuilder body = new StringBuilder(opcode).append(" D");
        for (int i = 0; i < from.length(); i++) {
            body.append(", ").append(letter(i));
        }
        return body(body + ";", to, from, reference);
    }

    /** Test statements that compute D from A, B, C and E, each a register of the type's letter. */
    static DynamicTest body(String statements, String to, String from, Reference reference) {
        return judged(statements, to, from, (actual, in) -> same(to, actual, reference.of(in)), reference);
    }

    static DynamicTest judged(String statements, String to, String from, Judge judge, Reference shown) {
        return DynamicTest.dynamicTest(statements.strip(), () -> run(statements, to, from, judge, shown));
    }

    private static boolean same(String to, long actual, long expected) {
        if (to.equals("f") && Float.isNaN(Float.intBitsToFloat((int) expected))) {
            return Float.isNaN(Float.intBitsToFloat((int) actual));
        }
        if (to.equals("g") && Double.isNaN(Double.longBitsToDouble(expected))) {
            return Double.isNaN(Double.longBitsToDouble(actual));
        }
        return switch (size(to.charAt(0))) {
            case 2 -> (short) actual == (short) expected;
            case 4 -> (int) actual == (int) expected;
            default -> actual == expected;
        };
    }

    private static int size(char type) {
        return switch (Character.toLowerCase(type)) {
            case 'h' -> 2;
            case 'r', 'f' -> 4;
            default -> 8;
        };
    }

    private static char letter(int input) {
        return "ABCE".charAt(input); // D is the result
    }

    private static String register(char type, int index) {
        return "%" + Character.toLowerCase(type) + (index + 1);
    }

    private static void run(String statements, String to, String from, Judge judge, Reference shown) {
        SplittableRandom random = new SplittableRandom(statements.hashCode());
        long[][] in = new long[COUNT][from.length()];
        ByteBuffer[] buffers = new ByteBuffer[from.length() + 1];
        buffers[0] = Ptx.bytes(COUNT * size(to.charAt(0)));
        StringBuilder text = new StringBuilder();
        String code = statements;
        for (int k = 0; k < from.length(); k++) {
            char type = from.charAt(k);
            buffers[k + 1] = Ptx.bytes(COUNT * size(type));
            for (int i = 0; i < COUNT; i++) {
                in[i][k] = value(type, random);
                put(buffers[k + 1], size(type), i, in[i][k]);
            }
            text.append(Ptx.element("%o" + (k + 1), "%a" + (k + 1), size(type)));
            text.append("ld.global.b%d %s, [%%o%d];\n".formatted(8 * size(type), register(type, k), k + 1));
            code = code.replaceAll("\\b" + letter(k) + "\\b", register(type, k));
        }
        String d = "%" + to + "29";
        text.append(code.replaceAll("\\bD\\b", d)).append('\n');
        text.append(Ptx.element("%o0", "%a0", size(to.charAt(0))));
        text.append("st.global.b%d [%%o0], %s;\n".formatted(8 * size(to.charAt(0)), d));
        try (Ptx ptx = Ptx.open()) {

            int status = ptx.run(
                    Ptx.kernel(buffers.length, "setp.eq.u32 %p31, 0, 1;\n" + text), COUNT / 128, 128, 0, buffers);
            assertThat(status)
                    .as("CUresult of %s: %s", statements, Emulator.findings())
                    .isZero();
        }
        for (int i = 0; i < COUNT; i++) {
            long actual = get(buffers[0], size(to.charAt(0)), i);
            if (!judge.accepts(actual, in[i])) {
                StringBuilder values = new StringBuilder();
                for (long v : in[i]) {
                    values.append(" 0x").append(Long.toHexString(v));
                }
                assertThat("0x" + Long.toHexString(actual))
                        .as("%s of%s", statements, values)
                        .isEqualTo("0x" + Long.toHexString(shown.of(in[i])));
                throw new AssertionError(statements + " of" + values + " is 0x" + Long.toHexString(actual));
            }
        }
    }

    private static long value(char type, SplittableRandom random) {
        return switch (type) {
            case 'h' -> random.nextInt(3) == 0 ? EDGES_16[random.nextInt(EDGES_16.length)] : random.nextInt(1 << 16);
            case 'r', 'f' ->
                random.nextInt(3) == 0
                        ? EDGES_32[random.nextInt(EDGES_32.length)]
                        : Integer.toUnsignedLong(random.nextInt() >> random.nextInt(32));
            case 'R' -> random.nextInt(40);
            case 'F' ->
                Integer.toUnsignedLong(Float.floatToRawIntBits((random.nextFloat() - 0.5f) * (1 << random.nextInt(8))));
            case 'G' -> Double.doubleToRawLongBits((random.nextDouble() - 0.5) * (1 << random.nextInt(20)));
            default ->
                random.nextInt(3) == 0
                        ? EDGES_64[random.nextInt(EDGES_64.length)]
                        : random.nextLong() >> random.nextInt(64);
        };
    }

    private static void put(ByteBuffer to, int size, int i, long v) {
        switch (size) {
            case 2 -> to.putShort(2 * i, (short) v);
            case 4 -> to.putInt(4 * i, (int) v);
            default -> to.putLong(8 * i, v);
        }
    }

    private static long get(ByteBuffer from, int size, int i) {
        return switch (size) {
            case 2 -> Short.toUnsignedLong(from.getShort(2 * i));
            case 4 -> Integer.toUnsignedLong(from.getInt(4 * i));
            default -> from.getLong(8 * i);
        };
    }

    // ---- bits as numbers
    static float f(long bits) {
        return Float.intBitsToFloat((int) bits);
    }

    static double g(long bits) {
        return Double.longBitsToDouble(bits);
    }

    static long f(float v) {
        return Integer.toUnsignedLong(Float.floatToRawIntBits(v));
    }

    static long g(double v) {
        return Double.doubleToRawLongBits(v);
    }

    static float half(long bits) {
        return Float.float16ToFloat((short) bits);
    }

    static long half(float v) {
        return Short.toUnsignedLong(Float.floatToFloat16(v));
    }

    static float brain(long bits) {
        return Float.intBitsToFloat((int) bits << 16);
    }

    /** Round to bfloat16, to nearest even. */
    static long brain(float v) {
        if (Float.isNaN(v)) {
            return 0x7FFF;
        }
        int u = Float.floatToRawIntBits(v);
        return Integer.toUnsignedLong(u + 0x7FFF + (u >>> 16 & 1)) >>> 16 & 0xFFFF;
    }
}
