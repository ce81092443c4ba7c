package pie.cpu.kernel;

import static pie.cpu.kernel.WeightFormat.BLOCK;
import static pie.cpu.machine.Assembler.Length.X128;
import static pie.cpu.machine.Assembler.Reg.R9;
import static pie.cpu.machine.Assembler.Reg.RCX;
import static pie.cpu.machine.Assembler.Reg.RDI;
import static pie.cpu.machine.Assembler.Reg.RDX;
import static pie.cpu.machine.Assembler.Reg.RSI;

import java.lang.foreign.Arena;
import pie.cpu.machine.Assembler;
import pie.cpu.machine.Assembler.Encoding;
import pie.cpu.machine.Assembler.Op;

/** Assemble what turns floats into {@link IntegerInputs}, for AVX: a block in eight vectors of four, which then pack in order. */
final class NarrowInputs {
    private static final int VECTORS = BLOCK / 4;
    private static final int SHIFT_SIGNED = 4;
    private static final int SHIFT_LEFT = 6;
    /** Shuffles that swap halves of four ints, and neighbours. */
    private static final int[] SWAPS = {0x4e, 0xb1};

    private final IntegerRow row;
    private final ConstantVectors constants;
    private final int magnitude;
    private final int limit;
    private final int each;
    private final int least;
    private final int half;
    private final int kept;
    private final int order;

    NarrowInputs(Arena arena, IntegerRow row) {
        this.row = row;
        constants = new ConstantVectors(arena);
        int most = row.precision().limit();
        magnitude = constants.add(0x7fffffff);
        limit = constants.add(Float.floatToRawIntBits(most));
        each = constants.add(Float.floatToRawIntBits(1f / most));
        least = constants.add(Float.floatToRawIntBits(IntegerInputs.LEAST));
        half = constants.add(64);
        kept = constants.add(row.shorts() ? 0xffff : 0xff);
        order = row.shorts()
                ? constants.add(0x05040100, 0x07060302, 0x0d0c0908, 0x0f0e0b0a)
                : constants.add(0x06040200, 0x07050301, 0x0e0c0a08, 0x0f0d0b09);
    }

    /** Assemble f(x, out, blocks, bytes between blocks of out), for one row. */
    byte[] code() {
        var code = new Assembler(Encoding.VEX);
        code.constant(R9, constants.address());
        int start = code.here();
        scale(code);
        sum(code);
        if (row.shorts()) {
            for (int i = 0; i < VECTORS; i += 2) {
                shorts(code, i);
                code.memory(X128, Op.SHUFFLE_BYTES, i, i, R9, order);
                code.memory(X128, Op.STORE, i, 0, RSI, 8 * i);
            }
        } else {
            for (int i = 0; i < VECTORS; i += 4) {
                if (row.precision() == Precision.INT16) {
                    split(code, i);
                    bytes(code, i, IntegerInputs.LOW + 4 * i);
                    bytes(code, 8, 4 * i);
                } else {
                    bytes(code, i, 4 * i);
                }
            }
        }
        code.add(RDI, 4 * BLOCK);
        code.add(RSI, RCX);
        code.loop(RDX, start);
        code.end();
        return code.bytes();
    }

    /** Leave the block's integers in vectors 0 to 7, and its scale in 11. */
    private void scale(Assembler code) {
        for (int i = 0; i < VECTORS; i++) {
            code.memory(X128, Op.LOAD, i, 0, RDI, 16 * i);
            code.memory(X128, Op.AND, i == 0 ? 8 : 9, i, R9, magnitude);
            if (i > 0) {
                // ints: magnitudes have the order of their floats, and what is no number is the largest
                code.vector(X128, Op.MOST_INTS, 8, 8, 9);
            }
        }
        fold(code, Op.MOST_INTS);
        code.memory(X128, Op.LOAD, 10, 0, R9, least);
        code.vector(X128, Op.MOST_SCALAR, 8, 10, 8);
        code.memory(X128, Op.MULTIPLY_SCALAR, 11, 8, R9, each);
        code.memory(X128, Op.STORE_SCALAR, 11, 0, RSI, row.scaleAt());
        code.memory(X128, Op.LOAD, 12, 0, R9, limit);
        code.vector(X128, Op.DIVIDE_SCALAR, 12, 12, 8);
        code.vector(X128, Op.BROADCAST_SCALAR, 12, 0, 12);
        for (int i = 0; i < VECTORS; i++) {
            code.vector(X128, Op.MULTIPLY, i, i, 12);
            code.vector(X128, Op.FLOATS_TO_INTS, i, 0, i);
        }
    }

    private void sum(Assembler code) {
        sum(code, 0);
        code.vector(X128, Op.INTS_TO_FLOATS, 9, 0, 8);
        code.vector(X128, Op.MULTIPLY_SCALAR, 9, 9, 11);
        code.memory(X128, Op.STORE_SCALAR, 9, 0, RSI, row.sumAt());
        correction(code, row.correctionAt());
        if (row.bits() == 8 && !row.shorts()) {
            sum(code, VECTORS / 2);
            correction(code, row.secondCorrectionAt());
        }
    }

    /** Leave the sum of vectors {@code from} to 7 in each lane of vector 8. */
    private static void sum(Assembler code, int from) {
        code.vector(X128, Op.ADD_INTS, 8, from, from + 1);
        for (int i = from + 2; i < VECTORS; i++) {
            code.vector(X128, Op.ADD_INTS, 8, 8, i);
        }
        fold(code, Op.ADD_INTS);
    }

    /** Store the correction of integers whose sum is in vector 8. */
    private static void correction(Assembler code, int at) {
        code.vector(X128, Op.SHIFT, SHIFT_LEFT, 8, 8, 7);
        code.vector(X128, Op.XOR, 9, 9, 9);
        code.vector(X128, Op.SUBTRACT_INTS, 8, 9, 8);
        code.memory(X128, Op.STORE_INT, 8, 0, RSI, at);
    }

    private static void fold(Assembler code, Op op) {
        for (int swap : SWAPS) {
            code.vector(X128, Op.SHUFFLE_INTS, 9, 0, 8, swap);
            code.vector(X128, op, 8, 8, 9);
        }
    }

    /** Bring the high parts of four vectors to vectors 8 to 11, and leave the low ones. */
    private void split(Assembler code, int from) {
        for (int i = 0; i < 4; i++) {
            code.memory(X128, Op.ADD_INTS, 8 + i, from + i, R9, half);
            code.vector(X128, Op.SHIFT, SHIFT_SIGNED, 8 + i, 8 + i, 7);
            code.vector(X128, Op.SHIFT, SHIFT_LEFT, 12, 8 + i, 7);
            code.vector(X128, Op.SUBTRACT_INTS, from + i, from + i, 12);
        }
    }

    /** Keep what fits of eight ints: no packing would do without, it takes the nearest. */
    private void shorts(Assembler code, int from) {
        code.memory(X128, Op.AND, from, from, R9, kept);
        code.memory(X128, Op.AND, from + 1, from + 1, R9, kept);
        code.vector(X128, Op.PACK_INTS, from, from, from + 1);
    }

    private void bytes(Assembler code, int from, int at) {
        shorts(code, from);
        shorts(code, from + 2);
        code.vector(X128, Op.PACK_SHORTS, from, from, from + 2);
        if (row.bits() == 4) {
            code.memory(X128, Op.SHUFFLE_BYTES, from, from, R9, order);
        }
        code.memory(X128, Op.STORE, from, 0, RSI, at);
    }
}
