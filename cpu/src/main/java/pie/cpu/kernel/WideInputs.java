package pie.cpu.kernel;

import static pie.cpu.kernel.WeightFormat.BLOCK;
import static pie.cpu.machine.Assembler.Length.X128;
import static pie.cpu.machine.Assembler.Length.Y256;
import static pie.cpu.machine.Assembler.Length.Z512;
import static pie.cpu.machine.Assembler.Reg.RCX;
import static pie.cpu.machine.Assembler.Reg.RDI;
import static pie.cpu.machine.Assembler.Reg.RDX;
import static pie.cpu.machine.Assembler.Reg.RSI;

import pie.cpu.machine.Assembler;
import pie.cpu.machine.Assembler.Op;

/** Assemble what turns floats into {@link IntegerInputs}, with vectors of 512 bits. */
final class WideInputs {
    private static final int SHIFT_RIGHT = 4;
    private static final int SHIFT_LEFT = 6;
    /** Shuffles that swap halves of four ints, and neighbours. */
    private static final int[] SWAPS = {0x4e, 0xb1};

    private static final int PUSH_UP = 0x90;
    private static final byte[] ORDER = {0, 2, 4, 6, 1, 3, 5, 7, 8, 10, 12, 14, 9, 11, 13, 15};

    private WideInputs() {}

    /** Assemble f(x, out, blocks, bytes between blocks of out), for one row. */
    static byte[] code(IntegerRow row) {
        var code = new Assembler();
        int magnitude = 31;
        int limit = 30;
        int each = 29;
        int least = 28;
        int order = 27;
        int half = 26;
        code.constant(Z512, magnitude, 0x7fffffff);
        code.constant(X128, limit, Float.floatToRawIntBits(row.precision().limit()));
        code.constant(X128, each, Float.floatToRawIntBits(1f / row.precision().limit()));
        code.constant(X128, least, Float.floatToRawIntBits(IntegerInputs.LEAST));
        code.constant(Z512, half, 64);
        order(code, order);
        int start = code.here();
        code.memory(Z512, Op.LOAD, 0, 0, RDI, 0);
        code.memory(Z512, Op.LOAD, 1, 0, RDI, 64);
        code.vector(Z512, Op.AND, 2, 0, magnitude);
        code.vector(Z512, Op.AND, 3, 1, magnitude);
        // As ints, magnitudes have the order of their floats, and what is no number is the largest: it comes through to
        // the scale.
        code.vector(Z512, Op.MOST_INTS, 2, 2, 3);
        fold(code, Op.MOST_INTS, 2, 3);
        code.vector(X128, Op.MOST_SCALAR, 2, least, 2);
        code.vector(X128, Op.MULTIPLY_SCALAR, 4, 2, each);
        code.memory(X128, Op.STORE_SCALAR, 4, 0, RSI, row.scaleAt());
        code.vector(X128, Op.DIVIDE_SCALAR, 5, limit, 2);
        code.vector(Z512, Op.BROADCAST_SCALAR, 5, 0, 5);
        for (int i = 0; i < 2; i++) {
            code.vector(Z512, Op.MULTIPLY, i, i, 5);
            code.vector(Z512, Op.FLOATS_TO_INTS, i, 0, i);
        }
        code.vector(Z512, Op.ADD_INTS, 6, 0, 1);
        fold(code, Op.ADD_INTS, 6, 7);
        code.vector(X128, Op.INTS_TO_FLOATS, 7, 0, 6);
        code.vector(X128, Op.MULTIPLY_SCALAR, 7, 7, 4);
        code.memory(X128, Op.STORE_SCALAR, 7, 0, RSI, row.sumAt());
        correction(code, row.correctionAt());
        if (row.bits() == 8) {
            code.vector(Z512, Op.XOR, 7, 7, 7);
            code.vector(Z512, Op.ADD_INTS, 6, 7, 1);
            fold(code, Op.ADD_INTS, 6, 7);
            correction(code, row.secondCorrectionAt());
        }
        for (int i = 0; i < 2; i++) {
            if (row.precision() == Precision.INT16) {
                code.vector(Z512, Op.ADD_INTS, 8, i, half);
                code.vector(Z512, Op.SHIFT, SHIFT_RIGHT, 8, 8, 7);
                code.vector(Z512, Op.SHIFT, SHIFT_LEFT, 9, 8, 7);
                code.vector(Z512, Op.SUBTRACT_INTS, 9, i, 9);
                bytes(code, row.bits(), order, 9, IntegerInputs.LOW + 16 * i);
                bytes(code, row.bits(), order, 8, 16 * i);
            } else {
                bytes(code, row.bits(), order, i, 16 * i);
            }
        }
        code.add(RDI, 4 * BLOCK);
        code.add(RSI, RCX);
        code.loop(RDX, start);
        code.end();
        return code.bytes();
    }

    /** Store the correction of integers whose sum is in vector 6. */
    private static void correction(Assembler code, int at) {
        code.vector(X128, Op.SHIFT, SHIFT_LEFT, 6, 6, 7);
        code.vector(X128, Op.XOR, 7, 7, 7);
        code.vector(X128, Op.SUBTRACT_INTS, 6, 7, 6);
        code.memory(X128, Op.STORE_INT, 6, 0, RSI, at);
    }

    /** Put the order of bytes into a register: four ints, one lane after the other, each pushing up those before it. */
    private static void order(Assembler code, int to) {
        code.vector(X128, Op.XOR, to, to, to);
        for (int word = ORDER.length / 4 - 1; word >= 0; word--) {
            int bits = 0;
            for (int i = 3; i >= 0; i--) {
                bits = bits << 8 | ORDER[4 * word + i];
            }
            code.vector(X128, Op.SHUFFLE_INTS, to, 0, to, PUSH_UP);
            code.constant(X128, 0, bits);
            code.vector(X128, Op.MERGE_SCALAR, to, to, 0);
        }
    }

    /** Bring sixteen lanes down to one, in the lowest of {@code v}. */
    private static void fold(Assembler code, Op op, int v, int spare) {
        code.vector(Z512, Op.EXTRACT_256, v, 0, spare, 1);
        code.vector(Y256, op, v, v, spare);
        code.vector(Y256, Op.EXTRACT_128, v, 0, spare, 1);
        code.vector(X128, op, v, v, spare);
        for (int swap : SWAPS) {
            code.vector(X128, Op.SHUFFLE_INTS, spare, 0, v, swap);
            code.vector(X128, op, v, v, spare);
        }
    }

    private static void bytes(Assembler code, int bits, int order, int v, int at) {
        code.vector(Z512, Op.INTS_TO_BYTES, v, 0, v);
        if (bits == 4) {
            code.vector(X128, Op.SHUFFLE_BYTES, v, v, order);
        }
        code.memory(X128, Op.STORE, v, 0, RSI, at);
    }
}
