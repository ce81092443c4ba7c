package pie.cpu.machine;

import java.io.ByteArrayOutputStream;

/**
 * Encode x86-64 instructions with EVEX (AVX-512) or VEX prefixes (AVX2), and the few others that loops need.
 *
 * <p>Vector registers are numbers from 0 to 31, or to 15 with VEX, which has neither masks nor operands that are broadcast. Every instruction of {@link #vector} takes its operands in the order of the manual:
 * destination, first source, second source. Source: Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2, 2.3 and 2.7.
 */
public final class Assembler {
    /** Name the ways to encode instructions of vectors. */
    public enum Encoding {
        EVEX,
        VEX
    }

    /** Name general registers by their numbers; those that would need other addressing bytes are left out. */
    public enum Reg {
        RAX(0),
        RCX(1),
        RDX(2),
        RSP(4),
        RSI(6),
        RDI(7),
        R8(8),
        R9(9),
        R10(10),
        R11(11);

        private final int number;

        Reg(int number) {
            this.number = number;
        }
    }

    /** Name lengths of vectors. */
    public enum Length {
        X128(0, 16),
        Y256(1, 32),
        Z512(2, 64);

        private final int code;
        private final int bytes;

        Length(int code, int bytes) {
            this.code = code;
            this.bytes = bytes;
        }
    }

    /** Name instructions: prefix (0 none, 1 66, 2 F3, 3 F2), map (1 0F, 2 0F38, 3 0F3A), W, opcode, bytes of a scalar operand or 0. */
    public enum Op {
        LOAD(0, 1, 0, 0x10, 0),
        STORE(0, 1, 0, 0x11, 0),
        /** Take the lowest lane from the second source, the others from the first. */
        MERGE_SCALAR(2, 1, 0, 0x10, 4),
        STORE_SCALAR(2, 1, 0, 0x11, 4),
        STORE_INT(1, 1, 0, 0x7e, 4),
        AND(1, 1, 0, 0xdb, 0),
        XOR(1, 1, 0, 0xef, 0),
        ADD_INTS(1, 1, 0, 0xfe, 0),
        ADD_SHORTS(1, 1, 0, 0xfd, 0),
        SUBTRACT_INTS(1, 1, 0, 0xfa, 0),
        /** Shifts by a constant: the destination is the first source, the first operand a part of the opcode. */
        SHIFT(1, 1, 0, 0x72, 0),
        /** As {@link #SHIFT}, of 16 bits each. */
        SHIFT_SHORTS(1, 1, 0, 0x71, 0),
        SHUFFLE_INTS(1, 1, 0, 0x70, 0),
        SHUFFLE_BYTES(1, 2, 0, 0x00, 0),
        TERNARY(1, 3, 0, 0x25, 0),
        /** Add to each int four products of an unsigned byte (first source) and a signed one. */
        DOT_BYTES(1, 2, 0, 0x50, 0),
        /** Sums of two products of an unsigned byte (first source) and a signed one, as shorts; sums too large become the largest. */
        MULTIPLY_BYTES(1, 2, 0, 0x04, 0),
        /** Sums of two products of shorts, as ints. */
        MULTIPLY_SHORTS(1, 1, 0, 0xf5, 0),
        /** Put ints of two sources into unsigned shorts, four of each in each quarter. */
        PACK_INTS(1, 2, 0, 0x2b, 0),
        /** Put shorts of two sources into unsigned bytes, eight of each in each quarter. */
        PACK_SHORTS(1, 1, 0, 0x67, 0),
        INTS_TO_FLOATS(0, 1, 0, 0x5b, 0),
        FLOATS_TO_INTS(1, 1, 0, 0x5b, 0),
        HALVES_TO_FLOATS(1, 2, 0, 0x13, 0),
        /** {@link #HALVES_TO_FLOATS} of 16 halves in memory. */
        LOAD_HALVES(1, 2, 0, 0x13, 32),
        /** Keep the low 16 bits of ints; the destination is the last operand. */
        INTS_TO_SHORTS(2, 2, 0, 0x33, 0),
        /** Keep the low 8 bits of ints; the destination is the last operand. */
        INTS_TO_BYTES(2, 2, 0, 0x31, 0),
        ADD(0, 1, 0, 0x58, 0),
        MULTIPLY(0, 1, 0, 0x59, 0),
        SUBTRACT(0, 1, 0, 0x5c, 0),
        /** The second source where one is not a number, as {@link #MOST}. */
        LEAST(0, 1, 0, 0x5d, 0),
        MOST(0, 1, 0, 0x5f, 0),
        /** Compare by a predicate; the destination is a mask register. */
        COMPARE(0, 1, 0, 0xc2, 0),
        /** In each quarter take two lanes of the first source, then two of the second. */
        SHUFFLE_FLOATS(0, 1, 0, 0xc6, 0),
        /** Take pairs of lanes of the second source in the order of the first. */
        PERMUTE_PAIRS(1, 2, 1, 0x36, 0),
        /** Take pairs of lanes in the order that a constant gives. */
        ORDER_PAIRS(1, 3, 1, 0x00, 0),
        MOST_INTS(1, 2, 0, 0x3d, 0),
        /** Destination += first source * second source, rounded once. */
        MULTIPLY_ADD(1, 2, 0, 0xb8, 0),
        /** Destination = first source * destination + second source, rounded once. */
        MULTIPLY_THEN_ADD(1, 2, 0, 0xa8, 0),
        MULTIPLY_SCALAR(2, 1, 0, 0x59, 4),
        DIVIDE_SCALAR(2, 1, 0, 0x5e, 4),
        MOST_SCALAR(2, 1, 0, 0x5f, 4),
        BROADCAST_SCALAR(1, 2, 0, 0x18, 4),
        /** Take two floats in memory for every two lanes. */
        BROADCAST_PAIR(1, 2, 1, 0x19, 8),
        BROADCAST_GENERAL(1, 2, 0, 0x7c, 0),
        /** Take a quarter; the destination is the last operand. */
        EXTRACT_128(1, 3, 0, 0x39, 16),
        /** Take a half; the destination is the last operand. */
        EXTRACT_256(1, 3, 1, 0x3b, 32);

        private final int prefix;
        private final int map;
        private final int wide;
        private final int opcode;
        private final int scalar;

        Op(int prefix, int map, int wide, int opcode, int scalar) {
            this.prefix = prefix;
            this.map = map;
            this.wide = wide;
            this.opcode = opcode;
            this.scalar = scalar;
        }
    }

    private static final int NO_IMMEDIATE = -1;

    private final Encoding encoding;
    private final ByteArrayOutputStream code = new ByteArrayOutputStream();

    public Assembler() {
        this(Encoding.EVEX);
    }

    public Assembler(Encoding encoding) {
        this.encoding = encoding;
    }

    /** Return how many bytes there are: where the next instruction begins. */
    public int here() {
        return code.size();
    }

    public byte[] bytes() {
        return code.toByteArray();
    }

    public void vector(Length length, Op op, int to, int a, int b) {
        vector(length, op, to, a, b, NO_IMMEDIATE);
    }

    public void vector(Length length, Op op, int to, int a, int b, int immediate) {
        vector(length, op, to, a, b, immediate, 0);
    }

    /** Lanes whose bit of the mask register, 1 to 7, is not set become 0. */
    public void masked(Length length, Op op, int mask, int to, int a, int b) {
        vector(length, op, to, a, b, NO_IMMEDIATE, 0x80 | mask);
    }

    private void vector(Length length, Op op, int to, int a, int b, int immediate, int mask) {
        prefix(length, op, to, a, ~b >> 3 & 1, ~b >> 4 & 1, mask);
        code.write(op.opcode);
        code.write(0xc0 | (to & 7) << 3 | b & 7);
        immediate(immediate);
    }

    /** The last operand is a vector (or a scalar) in memory; what stores takes its value from the first. */
    public void memory(Length length, Op op, int to, int a, Reg base, int offset) {
        memory(length, op, to, a, base, offset, 0, op.scalar > 0 ? op.scalar : length.bytes);
    }

    /** The last operand is one float or int in memory, taken for every lane. */
    public void broadcast(Length length, Op op, int to, int a, Reg base, int offset) {
        memory(length, op, to, a, base, offset, 1, 4);
    }

    private void memory(Length length, Op op, int to, int a, Reg base, int offset, int broadcast, int unit) {
        prefix(length, op, to, a, ~base.number >> 3 & 1, 1, broadcast << 4);
        code.write(op.opcode);
        int scale = encoding == Encoding.VEX ? 1 : unit;
        boolean near = offset % scale == 0 && offset / scale >= -128 && offset / scale <= 127;
        code.write((near ? 0x40 : 0x80) | (to & 7) << 3 | base.number & 7);
        if (base == Reg.RSP) {
            code.write(0x24); // this register needs the byte that names an index: none
        }
        if (near) {
            code.write(offset / scale);
        } else {
            word(offset);
        }
    }

    private void prefix(Length length, Op op, int to, int a, int baseBit, int indexBit, int extra) {
        if (encoding == Encoding.VEX) {
            vex(length, op, to, a, baseBit, extra | indexBit ^ 1);
            return;
        }
        code.write(0x62);
        code.write((~to >> 3 & 1) << 7 | indexBit << 6 | baseBit << 5 | (~to >> 4 & 1) << 4 | op.map);
        code.write(op.wide << 7 | (~a & 15) << 3 | 4 | op.prefix);
        code.write(length.code << 5 | (~a >> 4 & 1) << 3 | extra);
    }

    private void vex(Length length, Op op, int to, int a, int baseBit, int extra) {
        if (extra != 0 || length == Length.Z512 || (to | a) > 15) {
            throw new IllegalArgumentException("VEX has no masks, broadcasts, 512 bits or registers from 16 on: " + op);
        }
        code.write(0xc4);
        code.write((~to >> 3 & 1) << 7 | 1 << 6 | baseBit << 5 | op.map);
        code.write(op.wide << 7 | (~a & 15) << 3 | length.code << 2 | op.prefix);
    }

    /** Put a number into all lanes of a vector, by way of RAX. */
    public void constant(Length length, int to, int value) {
        code.write(0xb8);
        word(value);
        vector(length, Op.BROADCAST_GENERAL, to, 0, Reg.RAX.number);
    }

    /** Put a number of 64 bits into a register. */
    public void constant(Reg to, long value) {
        code.write(0x48 | to.number >> 3);
        code.write(0xb8 | to.number & 7);
        word((int) value);
        word((int) (value >>> 32));
    }

    public void move(Reg to, Reg from) {
        general(0x89, from.number, to.number);
    }

    public void add(Reg to, Reg from) {
        general(0x01, from.number, to.number);
    }

    public void add(Reg to, int value) {
        general(0x81, 0, to.number);
        word(value);
    }

    /** Load an address or a number of 64 bits. */
    public void load(Reg to, Reg base, int offset) {
        code.write(0x48 | to.number >> 3 << 2 | base.number >> 3);
        code.write(0x8b);
        code.write(0x80 | (to.number & 7) << 3 | base.number & 7);
        word(offset);
    }

    /** Have a line of memory brought into all caches; any address will do. */
    public void prefetch(Reg base, int offset) {
        code.write(0x40 | base.number >> 3);
        code.write(0x0f);
        code.write(0x18);
        code.write(0x88 | base.number & 7);
        word(offset);
    }

    /** Count down and go back until there is nothing left. */
    public void loop(Reg counter, int start) {
        general(0xff, 1, counter.number);
        code.write(0x0f);
        code.write(0x85);
        word(start - (here() + 4));
    }

    /** Leave the function. */
    public void end() {
        code.write(0xc5); // vzeroupper
        code.write(0xf8);
        code.write(0x77);
        code.write(0xc3);
    }

    private void general(int opcode, int reg, int rm) {
        code.write(0x48 | reg >> 3 << 2 | rm >> 3);
        code.write(opcode);
        code.write(0xc0 | (reg & 7) << 3 | rm & 7);
    }

    private void immediate(int value) {
        if (value != NO_IMMEDIATE) {
            code.write(value);
        }
    }

    private void word(int value) {
        for (int shift = 0; shift < 32; shift += 8) {
            code.write(value >>> shift);
        }
    }
}
