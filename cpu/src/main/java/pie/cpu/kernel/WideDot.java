package pie.cpu.kernel;

import static pie.cpu.kernel.WeightFormat.BLOCK;
import static pie.cpu.machine.Assembler.Length.Z512;
import static pie.cpu.machine.Assembler.Reg.R10;
import static pie.cpu.machine.Assembler.Reg.R11;
import static pie.cpu.machine.Assembler.Reg.R8;
import static pie.cpu.machine.Assembler.Reg.R9;
import static pie.cpu.machine.Assembler.Reg.RAX;
import static pie.cpu.machine.Assembler.Reg.RCX;
import static pie.cpu.machine.Assembler.Reg.RDI;
import static pie.cpu.machine.Assembler.Reg.RDX;
import static pie.cpu.machine.Assembler.Reg.RSI;

import pie.cpu.machine.Assembler;
import pie.cpu.machine.Assembler.Op;

/** Assemble {@link IntegerDot} with vectors of 512 bits and the instruction that adds products of bytes to ints (AVX-512 VNNI). */
final class WideDot implements DotCode {
    private static final int BYTES = 16 * Float.BYTES;
    /** Vectors of weights of one block of one panel: each holds four bytes of 16 columns. */
    private static final int STEPS = BLOCK / 4;

    private static final int SHIFT_RIGHT = 2;
    private static final int SHIFT_LEFT = 6;
    /** Truth table of (a and b) xor c. */
    private static final int AND_XOR = 0x6a;

    private static final int D = 8;
    /** Minima, or the scales of the second part. */
    private static final int M = 9;

    private static final int SUM = 10;
    private static final int SCALE = 11;
    private static final int MASK = 14;
    private static final int SIGN = 15;
    private static final int Y = 16;

    private final WeightFormat format;
    private final IntegerRow inputs;
    private final int width;

    WideDot(WeightFormat format, IntegerRow inputs, int width) {
        this.format = format;
        this.inputs = inputs;
        this.width = width;
    }

    @Override
    public byte[] code(int rows) {
        var code = new Assembler();
        code.constant(Z512, MASK, 0x0f0f0f0f);
        code.constant(Z512, SIGN, format.bits() == 4 ? 8 << 24 : 0x80 << 24);
        int together = Math.min(width, rows <= 4 ? 4 : 2);
        for (int panel = 0; panel < width; panel += together) {
            panels(code, rows, panel, together);
        }
        code.end();
        return code.bytes();
    }

    private void panels(Assembler code, int rows, int panel, int together) {
        code.move(R11, RDI);
        code.move(RAX, RSI);
        code.move(R10, RCX);
        for (int i = 0; i < rows * together; i++) {
            code.vector(Z512, Op.XOR, Y + i, Y + i, Y + i);
        }
        int start = code.here();
        for (int p = 0; p < together; p++) {
            weights(code, panel + p);
            scales(code, panel + p);
            for (int row = 0; row < rows; row++) {
                row(code, row * inputs.bytes(), Y + row * together + p);
            }
        }
        code.add(R11, format.words() * width * BYTES);
        code.add(RAX, rows * inputs.bytes());
        code.loop(R10, start);
        code.move(R9, RDX);
        for (int row = 0; row < rows; row++) {
            for (int p = 0; p < together; p++) {
                code.memory(Z512, Op.STORE, Y + row * together + p, 0, R9, (panel + p) * BYTES);
            }
            code.add(R9, R8);
        }
    }

    private int word(int i, int panel) {
        return (i * width + panel) * BYTES;
    }

    /** Bring a block of a panel to bytes, in vectors 0 to 7. */
    private void weights(Assembler code, int panel) {
        if (format.bits() == 8) {
            for (int i = 0; i < STEPS; i++) {
                code.memory(Z512, Op.XOR, i, SIGN, R11, word(format.scaleWords() + i, panel));
            }
            return;
        }
        for (int i = 0; i < STEPS; i += 2) {
            code.memory(Z512, Op.LOAD, i, 0, R11, word(1 + i / 2, panel));
            code.vector(Z512, Op.SHIFT, SHIFT_RIGHT, i + 1, i, 4);
            code.vector(Z512, Op.AND, i, i, MASK);
            code.vector(Z512, Op.TERNARY, i + 1, MASK, SIGN, AND_XOR);
        }
    }

    private void scales(Assembler code, int panel) {
        if (format.integersOnly()) {
            code.memory(Z512, Op.LOAD, D, 0, R11, word(0, panel));
            code.memory(Z512, Op.LOAD, M, 0, R11, word(1, panel));
            return;
        }
        code.memory(Z512, Op.LOAD, SUM, 0, R11, word(0, panel));
        code.vector(Z512, Op.INTS_TO_SHORTS, SUM, 0, D);
        code.vector(Z512, Op.HALVES_TO_FLOATS, D, 0, D);
        if (format.minima()) {
            code.vector(Z512, Op.SHIFT, SHIFT_RIGHT, SUM, SUM, 16);
            code.vector(Z512, Op.INTS_TO_SHORTS, SUM, 0, M);
            code.vector(Z512, Op.HALVES_TO_FLOATS, M, 0, M);
        }
    }

    private void row(Assembler code, int at, int y) {
        for (int part = 0; part < format.parts(); part++) {
            code.vector(Z512, Op.XOR, SUM, SUM, SUM);
            dots(code, at, part);
            if (inputs.precision() == Precision.INT16) {
                code.vector(Z512, Op.SHIFT, SHIFT_LEFT, SUM, SUM, 7);
                dots(code, at + IntegerInputs.LOW, part);
            }
            if (format.bits() == 8) {
                correct(code, at, part);
            }
            code.vector(Z512, Op.INTS_TO_FLOATS, SUM, 0, SUM);
            code.broadcast(Z512, Op.MULTIPLY, SCALE, D + part, RAX, at + inputs.scaleAt());
            code.vector(Z512, Op.MULTIPLY_ADD, y, SUM, SCALE);
        }
        if (format.minima()) {
            code.broadcast(Z512, Op.MULTIPLY_ADD, y, M, RAX, at + inputs.sumAt());
        }
    }

    private void correct(Assembler code, int at, int part) {
        if (part == 1) {
            code.broadcast(Z512, Op.ADD_INTS, SUM, SUM, RAX, at + inputs.secondCorrectionAt());
            return;
        }
        code.broadcast(Z512, Op.ADD_INTS, SUM, SUM, RAX, at + inputs.correctionAt());
        if (format.parts() == 2) {
            code.broadcast(Z512, Op.SUBTRACT_INTS, SUM, SUM, RAX, at + inputs.secondCorrectionAt());
        }
    }

    private void dots(Assembler code, int at, int part) {
        int steps = STEPS / format.parts();
        for (int i = part * steps; i < (part + 1) * steps; i++) {
            code.broadcast(Z512, Op.DOT_BYTES, SUM, i, RAX, at + 4 * i);
        }
    }
}
