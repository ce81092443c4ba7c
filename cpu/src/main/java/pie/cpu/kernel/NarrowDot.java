package pie.cpu.kernel;

import static pie.cpu.kernel.WeightFormat.BLOCK;
import static pie.cpu.machine.Assembler.Length.Y256;
import static pie.cpu.machine.Assembler.Reg.R10;
import static pie.cpu.machine.Assembler.Reg.R11;
import static pie.cpu.machine.Assembler.Reg.R8;
import static pie.cpu.machine.Assembler.Reg.R9;
import static pie.cpu.machine.Assembler.Reg.RAX;
import static pie.cpu.machine.Assembler.Reg.RCX;
import static pie.cpu.machine.Assembler.Reg.RDI;
import static pie.cpu.machine.Assembler.Reg.RDX;
import static pie.cpu.machine.Assembler.Reg.RSI;
import static pie.cpu.machine.Assembler.Reg.RSP;

import java.lang.foreign.Arena;
import pie.cpu.machine.Assembler;
import pie.cpu.machine.Assembler.Encoding;
import pie.cpu.machine.Assembler.Op;

/**
 * Assemble {@link IntegerDot} with vectors of 256 bits: with AVX-VNNI as for 512 bits; with AVX2 alone, bytes meet 4-bit weights in
 * sums of 16 bits, which a block of 32 cannot fill (16 products of at most 15 * 127, which is 30,480), and shorts meet 8-bit weights.
 */
final class NarrowDot implements DotCode {
    private static final int LANES = 8;
    private static final int BYTES = LANES * Float.BYTES;
    private static final int SHIFT_RIGHT = 2;
    private static final int SHIFT_SIGNED = 4;
    private static final int SHIFT_LEFT = 6;
    /** The outer and the inner two of four pairs change places: what each half has first comes first. */
    private static final int HALVES = 0xd8;

    /** Minima of a block stand below the stack, where nobody else writes. */
    private static final int MINIMA = -BYTES;

    private static final int LOW = 8;
    private static final int T = 9;
    private static final int D = 10;
    private static final int SUM = 11;
    private static final int Y = 12;
    private static final int REGISTERS = 4;

    private final WeightFormat format;
    private final IntegerRow inputs;
    private final int vectors;
    private final ConstantVectors constants;
    private final int nibbles;
    private final int sign;
    private final int halves;
    private final int ones;
    private final int hundreds;

    NarrowDot(Arena arena, WeightFormat format, IntegerRow inputs, int width) {
        this.format = format;
        this.inputs = inputs;
        vectors = width * Lanes.COUNT / LANES;
        constants = new ConstantVectors(arena);
        nibbles = constants.add(0x0f0f0f0f);
        sign = constants.add(format.bits() == 4 ? 8 << 24 : inputs.shorts() ? 0x00808080 : 0x80 << 24);
        halves = constants.add(0x05040100, 0x0d0c0908, 0x07060302, 0x0f0e0b0a);
        ones = constants.add(0x00010001);
        hundreds = constants.add(0x00800080);
    }

    @Override
    public byte[] code(int rows) {
        var code = new Assembler(Encoding.VEX);
        int together = Math.min(vectors, REGISTERS / rows);
        for (int v = 0; v < vectors; v += together) {
            columns(code, rows, v, together);
        }
        code.end();
        return code.bytes();
    }

    private void columns(Assembler code, int rows, int vector, int together) {
        code.move(R11, RDI);
        code.move(RAX, RSI);
        code.move(R10, RCX);
        code.constant(R9, constants.address());
        for (int i = 0; i < rows * together; i++) {
            code.vector(Y256, Op.XOR, Y + i, Y + i, Y + i);
        }
        int start = code.here();
        for (int v = 0; v < together; v++) {
            if (!inputs.shorts()) {
                weights(code, vector + v);
            }
            for (int part = 0; part < format.parts(); part++) {
                scales(code, vector + v, part);
                if (inputs.shorts()) {
                    shorts(code, rows, vector + v, part);
                }
                for (int row = 0; row < rows; row++) {
                    int at = row * inputs.bytes();
                    if (!inputs.shorts()) {
                        bytes(code, at, part);
                    }
                    add(code, inputs.shorts() ? row : SUM, at, Y + row * together + v, part, vector + v);
                }
            }
        }
        code.add(R11, format.words() * vectors * BYTES);
        code.add(RAX, rows * inputs.bytes());
        code.loop(R10, start);
        code.move(R9, RDX);
        for (int row = 0; row < rows; row++) {
            for (int v = 0; v < together; v++) {
                code.memory(Y256, Op.STORE, Y + row * together + v, 0, R9, (vector + v) * BYTES);
            }
            code.add(R9, R8);
        }
    }

    private int word(int i, int vector) {
        return (i * vectors + vector) * BYTES;
    }

    /** Bring a block of eight columns to bytes, in vectors 0 to 7. */
    private void weights(Assembler code, int vector) {
        for (int i = 0; i < BLOCK / 4; i++) {
            if (format.bits() == 8) {
                code.memory(Y256, Op.LOAD, i, 0, R11, word(format.scaleWords() + i, vector));
                code.memory(Y256, Op.XOR, i, i, R9, sign);
            } else if (i % 2 == 0) {
                code.memory(Y256, Op.LOAD, i, 0, R11, word(1 + i / 2, vector));
                code.vector(Y256, Op.SHIFT, SHIFT_RIGHT, i + 1, i, 4);
                code.memory(Y256, Op.AND, i, i, R9, nibbles);
                code.memory(Y256, Op.AND, i + 1, i + 1, R9, nibbles);
                code.memory(Y256, Op.XOR, i + 1, i + 1, R9, sign);
            }
        }
    }

    private void scales(Assembler code, int vector, int part) {
        if (format.integersOnly()) {
            code.memory(Y256, Op.LOAD, D, 0, R11, word(part, vector));
            return;
        }
        code.memory(Y256, Op.LOAD, T, 0, R11, word(0, vector));
        code.memory(Y256, Op.SHUFFLE_BYTES, T, T, R9, halves);
        code.vector(Y256, Op.ORDER_PAIRS, T, 0, T, HALVES);
        code.vector(Y256, Op.HALVES_TO_FLOATS, D, 0, T);
        if (format.minima()) {
            code.vector(Y256, Op.EXTRACT_128, T, 0, T, 1);
            code.vector(Y256, Op.HALVES_TO_FLOATS, T, 0, T);
            code.memory(Y256, Op.STORE, T, 0, RSP, MINIMA);
        }
    }

    /** Leave the sum of products of a part of a row in {@link #SUM}. */
    private void bytes(Assembler code, int at, int part) {
        boolean two = inputs.precision() == Precision.INT16;
        if (inputs.set() == InstructionSet.AVX_VNNI) {
            code.vector(Y256, Op.XOR, SUM, SUM, SUM);
            dots(code, at, part);
            if (two) {
                code.vector(Y256, Op.SHIFT, SHIFT_LEFT, SUM, SUM, 7);
                dots(code, at + IntegerInputs.LOW, part);
            }
            return;
        }
        pairs(code, SUM, at);
        code.memory(Y256, Op.MULTIPLY_SHORTS, SUM, SUM, R9, two ? hundreds : ones);
        if (two) {
            pairs(code, LOW, at + IntegerInputs.LOW);
            code.memory(Y256, Op.MULTIPLY_SHORTS, LOW, LOW, R9, ones);
            code.vector(Y256, Op.ADD_INTS, SUM, SUM, LOW);
        }
    }

    private void dots(Assembler code, int at, int part) {
        int steps = BLOCK / 4 / format.parts();
        for (int i = part * steps; i < (part + 1) * steps; i++) {
            code.memory(Y256, Op.BROADCAST_SCALAR, T, 0, RAX, at + 4 * i);
            code.vector(Y256, Op.DOT_BYTES, SUM, i, T);
        }
    }

    private static void pairs(Assembler code, int sum, int at) {
        for (int i = 0; i < BLOCK / 4; i++) {
            int to = i == 0 ? sum : T;
            code.memory(Y256, Op.BROADCAST_SCALAR, T, 0, RAX, at + 4 * i);
            code.vector(Y256, Op.MULTIPLY_BYTES, to, i, T);
            if (i > 0) {
                code.vector(Y256, Op.ADD_SHORTS, sum, sum, T);
            }
        }
    }

    /** Leave the sums of products of 8-bit weights and shorts in vectors 0 to 3, one for each row. */
    private void shorts(Assembler code, int rows, int vector, int part) {
        int even = 4;
        int odd = 5;
        int steps = BLOCK / 4 / format.parts();
        int first = part * steps;
        for (int i = first; i < first + steps; i++) {
            code.memory(Y256, Op.LOAD, even, 0, R11, word(format.scaleWords() + i, vector));
            code.memory(Y256, Op.XOR, even, even, R9, sign);
            code.vector(Y256, Op.SHIFT_SHORTS, SHIFT_SIGNED, odd, even, 8);
            code.vector(Y256, Op.SHIFT_SHORTS, SHIFT_LEFT, even, even, 8);
            code.vector(Y256, Op.SHIFT_SHORTS, SHIFT_SIGNED, even, even, 8);
            for (int row = 0; row < rows; row++) {
                int at = row * inputs.bytes() + 8 * i;
                code.memory(Y256, Op.BROADCAST_SCALAR, T, 0, RAX, at);
                code.vector(Y256, Op.MULTIPLY_SHORTS, i == first ? row : T, even, T);
                if (i > first) {
                    code.vector(Y256, Op.ADD_INTS, row, row, T);
                }
                code.memory(Y256, Op.BROADCAST_SCALAR, LOW, 0, RAX, at + 4);
                code.vector(Y256, Op.MULTIPLY_SHORTS, LOW, odd, LOW);
                code.vector(Y256, Op.ADD_INTS, row, row, LOW);
            }
        }
    }

    private void add(Assembler code, int sum, int at, int y, int part, int vector) {
        if (format.bits() == 8 && !inputs.shorts()) {
            correct(code, sum, at, part);
        }
        code.vector(Y256, Op.INTS_TO_FLOATS, sum, 0, sum);
        code.memory(Y256, Op.BROADCAST_SCALAR, T, 0, RAX, at + inputs.scaleAt());
        code.vector(Y256, Op.MULTIPLY, T, D, T);
        code.vector(Y256, Op.MULTIPLY_ADD, y, sum, T);
        if (format.minima()) {
            code.memory(Y256, Op.BROADCAST_SCALAR, T, 0, RAX, at + inputs.sumAt());
            if (format.integersOnly()) {
                code.memory(Y256, Op.MULTIPLY_ADD, y, T, R11, word(1, vector));
            } else {
                code.memory(Y256, Op.MULTIPLY_ADD, y, T, RSP, MINIMA);
            }
        }
    }

    private void correct(Assembler code, int sum, int at, int part) {
        if (part == 1) {
            code.memory(Y256, Op.BROADCAST_SCALAR, T, 0, RAX, at + inputs.secondCorrectionAt());
            code.vector(Y256, Op.ADD_INTS, sum, sum, T);
            return;
        }
        code.memory(Y256, Op.BROADCAST_SCALAR, T, 0, RAX, at + inputs.correctionAt());
        code.vector(Y256, Op.ADD_INTS, sum, sum, T);
        if (format.parts() == 2) {
            code.memory(Y256, Op.BROADCAST_SCALAR, T, 0, RAX, at + inputs.secondCorrectionAt());
            code.vector(Y256, Op.SUBTRACT_INTS, sum, sum, T);
        }
    }
}
