package pie.cpu.kernel;

import static pie.cpu.machine.Assembler.Length.X128;
import static pie.cpu.machine.Assembler.Length.Y256;
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

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.Predicate;
import pie.cpu.machine.Assembler;
import pie.cpu.machine.Assembler.Op;
import pie.cpu.machine.MachineCode;

/**
 * Assemble the loops of {@link AssembledTile} for AVX-512: keys and values in f16 are widened as they are loaded, once for up to
 * {@link #MOST} query vectors whose sums stay in registers, while the next page is fetched ahead.
 *
 * <p>Scores and values take one address, that of a table of these words of 8 bytes; what is marked is written before each call.
 *
 * <pre>
 *   0 list *     address of the first page's start       40 stride *   bytes between vectors in scores
 *   8 pages *    how many                                48 slots *    read of each page (values)
 *  16 offset *   of keys or values, from the pool's start 56 pairs     headDim / 2
 *  24 vectors *  queries (scores) or sums (values)       64 order      of pairs of lanes, see {@link #ORDER}
 *  32 scores *   of the first vector and column
 * </pre>
 *
 * <p>Pages alternate two dimensions for a slot, or two for a place: see {@link KvPool}. So scores come as even and odd sums side by
 * side, and sums of values as dimensions j and j + headDim / 2; they are parted when stored.
 */
final class AttentionCode {
    /** Query vectors taken by one call at most: two registers each, and eight for the rest. */
    static final int MOST = 12;

    static final int LIST = 0;
    static final int PAGES = 8;
    static final int OFFSET = 16;
    static final int VECTORS = 24;
    static final int SCORES = 32;
    static final int STRIDE = 40;
    static final int SLOTS = 48;
    static final int PAIRS = 56;
    static final int ORDER_AT = 64;
    static final int TABLE = 128;
    /** Brings pairs of lanes of {@code SHUFFLE_FLOATS} over two vectors into the order of their pairs. */
    static final long[] ORDER = {0, 2, 4, 6, 1, 3, 5, 7};

    private static final int LANES = 16;
    private static final int BYTES = 64;
    private static final int EVEN = 0x88;
    private static final int ODD = 0xdd;
    private static final int NOT_LESS = 5;
    private static final int SHIFT_LEFT = 6;

    private static final int FACTOR = 4;
    private static final int PART = 5;
    private static final int OTHER = 6;
    private static final int ORDERED = 7;
    private static final int SUM = 8;

    private final Arena arena;
    private final int headDim;
    private final int pageSize;
    /** By vectors: of whole groups, or any where a group has more than {@link #MOST}. */
    final MemorySegment[] scores = new MemorySegment[MOST + 1];

    final MemorySegment[] values = new MemorySegment[MOST + 1];
    /** Of (queries, scaled, vectors of 16). */
    final MemorySegment scale;
    /** Of (scores, vectors of 16, where 1 / sum goes). */
    final MemorySegment weigh;
    /** Of (sums, 1 / sums of weights, output, vectors, order). */
    final MemorySegment write;

    /**
     * @param group query heads of a KV head
     * @throws UnsupportedOperationException if the system does not run code that a process assembled
     */
    AttentionCode(Arena arena, KvPool kv, int group, float scale) {
        this.arena = arena;
        headDim = kv.headDim;
        pageSize = kv.pageSize;
        for (int vectors = 1; vectors <= MOST; vectors++) {
            boolean used = group > MOST || vectors % group == 0;
            scores[vectors] = used ? scores(vectors) : MemorySegment.NULL;
            values[vectors] = used ? values(vectors) : MemorySegment.NULL;
        }
        this.scale = scale(scale);
        weigh = weigh();
        write = write();
    }

    /**
     * Say whether there is code for this processor.
     *
     * @param flag whether the processor has a feature, by the name that Linux gives it
     */
    static boolean supported(Predicate<String> flag) {
        return MachineCode.supported() && Lanes.COUNT == LANES && flag.test("avx512f") && flag.test("avx512vl");
    }

    /** Say whether pages and heads fill vectors. */
    static boolean fits(KvPool kv) {
        return kv.pageSize % LANES == 0 && kv.headDim % (2 * LANES) == 0;
    }

    private MemorySegment function(Assembler code) {
        code.end();
        byte[] bytes = code.bytes();
        return MachineCode.function(OffHeap.zeroed(arena, bytes.length), bytes);
    }

    /** Put the start of the page that R10 points to into RAX, and that of the next into R11. */
    private static void page(Assembler code, Assembler.Reg free) {
        code.load(RAX, R10, 0);
        code.load(free, RDI, OFFSET);
        code.load(R11, R10, 8);
        code.add(RAX, free);
        code.add(R11, free);
    }

    private MemorySegment scores(int vectors) {
        var code = new Assembler();
        code.memory(Z512, Op.LOAD, ORDERED, 0, RDI, ORDER_AT);
        code.load(R10, RDI, LIST);
        code.load(RCX, RDI, PAGES);
        code.load(RDX, RDI, SCORES);
        code.load(R8, RDI, STRIDE);
        int start = code.here();
        page(code, R9);
        for (int slot = 0; slot < pageSize; slot += LANES) {
            if (slot > 0) {
                int back = BYTES - 2 * headDim * pageSize;
                code.add(RAX, back);
                code.add(R11, back);
            }
            dots(code, vectors);
            code.move(R9, RDX);
            for (int v = 0; v < vectors; v++) {
                code.vector(Z512, Op.SHUFFLE_FLOATS, PART, SUM + 2 * v, SUM + 2 * v + 1, EVEN);
                code.vector(Z512, Op.SHUFFLE_FLOATS, OTHER, SUM + 2 * v, SUM + 2 * v + 1, ODD);
                code.vector(Z512, Op.ADD, PART, PART, OTHER);
                code.vector(Z512, Op.PERMUTE_PAIRS, PART, ORDERED, PART);
                code.memory(Z512, Op.STORE, PART, 0, R9, 0);
                code.add(R9, R8);
            }
            code.add(RDX, BYTES);
        }
        code.add(R10, 8);
        code.loop(RCX, start);
        return function(code);
    }

    /** Score 16 slots, even and odd dimensions side by side: slots 0 to 7 in one sum of each vector, 8 to 15 in the other. */
    private void dots(Assembler code, int vectors) {
        code.load(RSI, RDI, VECTORS);
        code.load(R9, RDI, PAIRS);
        clear(code, 2 * vectors);
        int start = code.here();
        code.memory(Z512, Op.LOAD_HALVES, 0, 0, RAX, 0);
        code.memory(Z512, Op.LOAD_HALVES, 1, 0, RAX, BYTES / 2);
        code.prefetch(R11, 0);
        for (int v = 0; v < vectors; v++) {
            code.memory(Z512, Op.BROADCAST_PAIR, FACTOR, 0, RSI, v * headDim * Float.BYTES);
            code.vector(Z512, Op.MULTIPLY_ADD, SUM + 2 * v, 0, FACTOR);
            code.vector(Z512, Op.MULTIPLY_ADD, SUM + 2 * v + 1, 1, FACTOR);
        }
        code.add(RAX, 4 * pageSize);
        code.add(R11, 4 * pageSize);
        code.add(RSI, 8);
        code.loop(R9, start);
    }

    private static void clear(Assembler code, int sums) {
        for (int i = 0; i < sums; i++) {
            code.vector(Z512, Op.XOR, SUM + i, SUM + i, SUM + i);
        }
    }

    private MemorySegment values(int vectors) {
        var code = new Assembler();
        int width = headDim % (4 * LANES) == 0 && 4 * vectors <= 2 * MOST ? 4 : 2;
        for (int part = 0; part < headDim / LANES; part += width) {
            code.load(R10, RDI, LIST);
            code.load(RSI, RDI, SCORES);
            code.load(RCX, RDI, PAGES);
            code.load(R9, RDI, STRIDE);
            sums(code, Op.LOAD, vectors, part, width);
            int start = code.here();
            page(code, RDX);
            code.load(R8, RDI, SLOTS);
            int slot = code.here();
            slot(code, vectors, part, width);
            code.loop(R8, slot);
            code.add(R10, 8);
            code.loop(RCX, start);
            sums(code, Op.STORE, vectors, part, width);
        }
        return function(code);
    }

    private void sums(Assembler code, Op op, int vectors, int part, int width) {
        code.load(RDX, RDI, VECTORS);
        for (int v = 0; v < vectors; v++) {
            for (int i = 0; i < width; i++) {
                code.memory(Z512, op, SUM + v * width + i, 0, RDX, v * headDim * Float.BYTES + (part + i) * BYTES);
            }
        }
    }

    private void slot(Assembler code, int vectors, int part, int width) {
        for (int i = 0; i < width; i++) {
            code.memory(Z512, Op.LOAD_HALVES, i, 0, RAX, (part + i) * BYTES / 2);
        }
        for (int i = 0; i < width; i += 2) {
            code.prefetch(R11, (part + i) * BYTES / 2);
        }
        code.move(RDX, RSI);
        for (int v = 0; v < vectors; v++) {
            code.memory(Z512, Op.BROADCAST_SCALAR, FACTOR, 0, RDX, 0);
            for (int i = 0; i < width; i++) {
                code.vector(Z512, Op.MULTIPLY_ADD, SUM + v * width + i, i, FACTOR);
            }
            code.add(RDX, R9);
        }
        code.add(RAX, 2 * headDim);
        code.add(R11, 2 * headDim);
        code.add(RSI, Float.BYTES);
    }

    private MemorySegment scale(float scale) {
        var code = new Assembler();
        code.constant(Z512, 1, Float.floatToRawIntBits(scale));
        int start = code.here();
        code.memory(Z512, Op.MULTIPLY, 0, 1, RDI, 0);
        code.memory(Z512, Op.STORE, 0, 0, RSI, 0);
        code.add(RDI, BYTES);
        code.add(RSI, BYTES);
        code.loop(RDX, start);
        return function(code);
    }

    private static void most(Assembler code, int most) {
        constant(code, most, -Float.MAX_VALUE);
        code.move(RAX, RDI);
        code.move(RCX, RSI);
        int start = code.here();
        code.memory(Z512, Op.MOST, most, most, RAX, 0);
        code.add(RAX, BYTES);
        code.loop(RCX, start);
        tree(code, Op.MOST, most);
        code.vector(Z512, Op.BROADCAST_SCALAR, most, 0, most);
    }

    /** Take all lanes together by halves, into the lowest. */
    private static void tree(Assembler code, Op op, int lanes) {
        code.vector(Z512, Op.EXTRACT_256, lanes, 0, 1, 1);
        code.vector(Y256, op, lanes, lanes, 1);
        code.vector(Y256, Op.EXTRACT_128, lanes, 0, 1, 1);
        code.vector(X128, op, lanes, lanes, 1);
        code.vector(X128, Op.SHUFFLE_INTS, 1, 0, lanes, 0x4e);
        code.vector(X128, op, lanes, lanes, 1);
        code.vector(X128, Op.SHUFFLE_INTS, 1, 0, lanes, 0xb1);
        code.vector(X128, op, lanes, lanes, 1);
    }

    private static void constant(Assembler code, int to, float value) {
        code.constant(Z512, to, Float.floatToRawIntBits(value));
    }

    /** Assemble {@link Scalar#weights}, but where nothing may be seen, and all weights become 0, the inverse is 1. */
    private MemorySegment weigh() {
        int sum = 8;
        int most = 9;
        int one = 10;
        var code = new Assembler();
        most(code, most);
        clear(code, 1);
        constant(code, one, 1);
        Exponential exp = new Exponential(code, one);
        int start = code.here();
        code.memory(Z512, Op.LOAD, 0, 0, RDI, 0);
        code.vector(Z512, Op.SUBTRACT, 0, 0, most);
        exp.of(0);
        code.memory(Z512, Op.STORE, 0, 0, RDI, 0);
        code.vector(Z512, Op.ADD, sum, sum, 0);
        code.add(RDI, BYTES);
        code.loop(RSI, start);
        tree(code, Op.ADD, sum);
        code.vector(X128, Op.MOST_SCALAR, sum, one, sum);
        code.vector(X128, Op.DIVIDE_SCALAR, sum, one, sum);
        code.memory(X128, Op.STORE_SCALAR, sum, 0, RDX, 0);
        return function(code);
    }

    /** Assemble {@link Lanes#exp}, constants in registers from 16 on; 1 to 4 are overwritten. */
    private record Exponential(Assembler code, int one) {
        private static final float[] CONSTANTS = {
            Lanes.EXP_MOST,
            Lanes.EXP_LEAST,
            Lanes.LOG2E,
            Lanes.ROUNDING,
            -Lanes.LN2_HIGH,
            -Lanes.LN2_LOW,
            1.9875691500e-4f,
            1.3981999507e-3f,
            8.3334519073e-3f,
            4.1665795894e-2f,
            1.6666665459e-1f,
            5.0000001201e-1f
        };
        private static final int MOST = 16;
        private static final int LEAST = 17;
        private static final int LOG2E = 18;
        private static final int ROUNDING = 19;
        private static final int LN2_HIGH = 20;
        private static final int LN2_LOW = 21;
        private static final int POLYNOMIAL = 22;

        Exponential {
            for (int i = 0; i < CONSTANTS.length; i++) {
                constant(code, MOST + i, CONSTANTS[i]);
            }
        }

        void of(int v) {
            int x = 1;
            int z = 2;
            int n = 3;
            int p = 4;
            code.vector(Z512, Op.LEAST, x, MOST, v);
            code.vector(Z512, Op.MOST, x, LEAST, x);
            code.vector(Z512, Op.LOAD, z, 0, x);
            code.vector(Z512, Op.MULTIPLY_THEN_ADD, z, LOG2E, ROUNDING);
            code.vector(Z512, Op.SUBTRACT, n, z, ROUNDING);
            code.vector(Z512, Op.MULTIPLY_ADD, x, n, LN2_HIGH);
            code.vector(Z512, Op.MULTIPLY_ADD, x, n, LN2_LOW);
            code.vector(Z512, Op.LOAD, p, 0, POLYNOMIAL);
            for (int i = 1; i <= 5; i++) {
                code.vector(Z512, Op.MULTIPLY_THEN_ADD, p, x, POLYNOMIAL + i);
            }
            code.vector(Z512, Op.ADD, n, x, one);
            code.vector(Z512, Op.MULTIPLY, x, x, x);
            code.vector(Z512, Op.MULTIPLY_THEN_ADD, p, x, n);
            code.vector(Z512, Op.SHIFT, SHIFT_LEFT, z, z, 23);
            code.vector(Z512, Op.ADD_INTS, p, p, z);
            code.vector(Z512, Op.COMPARE, 1, v, LEAST, NOT_LESS);
            code.masked(Z512, Op.LOAD, 1, v, 0, p);
        }
    }

    private MemorySegment write() {
        int inverse = 2;
        var code = new Assembler();
        code.memory(Z512, Op.LOAD, ORDERED, 0, R8, 0);
        int start = code.here();
        code.memory(Z512, Op.BROADCAST_SCALAR, inverse, 0, RSI, 0);
        for (int part = 0; part < headDim / (2 * LANES); part++) {
            code.memory(Z512, Op.LOAD, 0, 0, RDI, 2 * part * BYTES);
            code.memory(Z512, Op.LOAD, 1, 0, RDI, (2 * part + 1) * BYTES);
            half(code, EVEN, inverse, part * BYTES);
            half(code, ODD, inverse, part * BYTES + headDim / 2 * Float.BYTES);
        }
        code.add(RDI, headDim * Float.BYTES);
        code.add(RSI, Float.BYTES);
        code.add(RDX, headDim * Float.BYTES);
        code.loop(RCX, start);
        return function(code);
    }

    private static void half(Assembler code, int which, int inverse, int at) {
        code.vector(Z512, Op.SHUFFLE_FLOATS, PART, 0, 1, which);
        code.vector(Z512, Op.PERMUTE_PAIRS, PART, ORDERED, PART);
        code.vector(Z512, Op.MULTIPLY, PART, PART, inverse);
        code.memory(Z512, Op.STORE, PART, 0, RDX, at);
    }
}
