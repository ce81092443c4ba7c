package pie.cpu.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * Hold one weight matrix [k, n] in panels of {@link Lanes#COUNT} columns; the last panel is filled up with zero columns, the last
 * block of k with zeros.
 *
 * <p>Up to four neighbouring panels make a strip, in which their words alternate: one stream of memory, read from end to end.
 *
 * <pre>
 * worker 0: strip strip strip(2)   worker 1: strip strip strip(1)
 * strip = block 0 [word 0: panels a b c d][word 1: a b c d] ..  block 1 ..
 * </pre>
 */
public final class PackedMatrix {
    /** Most panels of a strip. */
    static final int WIDTH = 4;

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final int WORD = Lanes.COUNT * 4;

    final WeightFormat format;
    final int k;
    final int n;
    final MemorySegment data;
    private final long panelBytes;
    /** First panels of each worker, and the end. */
    private final int[] cuts;

    private final byte[] widths;

    /**
     * @param cuts first panel of each worker, and the end
     * @param data {@link #bytes} zero bytes
     */
    public PackedMatrix(WeightFormat format, int k, int n, int[] cuts, MemorySegment data) {
        this.format = format;
        this.k = k;
        this.n = n;
        this.cuts = cuts.clone();
        this.data = data;
        panelBytes = format.panelBytes(k);
        widths = new byte[panels()];
        for (int worker = 0; worker + 1 < cuts.length; worker++) {
            for (int p = cuts[worker]; p < cuts[worker + 1]; ) {
                int left = cuts[worker + 1] - p;
                byte width = (byte) (left >= WIDTH ? WIDTH : left >= 2 ? 2 : 1);
                for (int i = 0; i < width; i++) {
                    widths[p++] = width;
                }
            }
        }
    }

    /** Return the bytes that a matrix takes. */
    public static long bytes(WeightFormat format, int k, int n) {
        return format.panelBytes(k) * (Lanes.roundUp(n) / Lanes.COUNT);
    }

    public WeightFormat format() {
        return format;
    }

    public int columns() {
        return n;
    }

    int panels() {
        return Lanes.roundUp(n) / Lanes.COUNT;
    }

    /** Return the first panel of a worker, which begins a strip; of the number of workers, the end. */
    int cut(int worker) {
        return cuts[worker];
    }

    /** Return the first panels of all strips. */
    public int[] strips() {
        int[] strips = new int[panels()];
        int count = 0;
        for (int p = 0; p < strips.length; p += widths[p]) {
            strips[count++] = p;
        }
        return Arrays.copyOf(strips, count);
    }

    /** Return the columns before the end of the strip that begins at a panel. */
    public int end(int panel) {
        return Math.min(n, (panel + widths[panel]) * Lanes.COUNT);
    }

    /** Return the panels of the strip of a panel. */
    int width(int panel) {
        return widths[panel];
    }

    /** Return the memory that holds the weights. */
    public MemorySegment data() {
        return data;
    }

    /** Return the place of a strip, given its first panel. */
    long strip(int panel) {
        return panel * panelBytes;
    }

    private int first(int panel) {
        int worker = 0;
        while (cuts[worker + 1] <= panel) {
            worker++;
        }
        int place = panel - cuts[worker];
        return switch (widths[panel]) {
            case 1 -> panel;
            case 2 -> panel - place % WIDTH % 2;
            default -> panel - place % WIDTH;
        };
    }

    private long lane(int column) {
        int panel = column / Lanes.COUNT;
        int first = first(panel);
        return strip(first) + (long) (panel - first) * WORD + (long) column % Lanes.COUNT * 4;
    }

    private long step(int column) {
        return (long) widths[column / Lanes.COUNT] * WORD;
    }

    /** Read column n as floats, k of them, to {@code out}: a row of an embedding table. */
    public void column(int column, MemorySegment out, long at) {
        long lane = lane(column);
        long step = step(column);
        for (int i = 0; i < k; i++) {
            long block = lane + (long) (i / WeightFormat.BLOCK) * format.words() * step;
            out.set(ValueLayout.JAVA_FLOAT_UNALIGNED, at + 4L * i, value(block, step, i % WeightFormat.BLOCK));
        }
    }

    private float value(long block, long step, int i) {
        return switch (format) {
            case Q4 -> {
                int scales = data.get(INT, block);
                int q = integer(block, step, i);
                yield Math.fma(q, Float.float16ToFloat((short) scales), Float.float16ToFloat((short) (scales >>> 16)));
            }
            case Q8 -> {
                float d = Float.float16ToFloat((short) data.get(INT, block));
                yield integer(block, step, i) * d;
            }
            case Q8_MINIMUM -> Math.fma(integer(block, step, i), real(block), real(block + step));
            case Q8_PAIR -> integer(block, step, i) * real(block + i / 16 * step);
            case F16 -> Float.float16ToFloat((short) (data.get(INT, block + i / 2 * step) >>> 16 * (i % 2)));
            case BF16 -> Float.intBitsToFloat(data.get(INT, block + i / 2 * step) >>> 16 * (i % 2) << 16);
            case F32 -> Float.intBitsToFloat(data.get(INT, block + i * step));
        };
    }

    private float real(long at) {
        return data.get(ValueLayout.JAVA_FLOAT_UNALIGNED, at);
    }

    private long block(int column, int i) {
        return lane(column) + (long) (i / WeightFormat.BLOCK) * format.words() * step(column);
    }

    float value(int column, int i) {
        return value(block(column, i), step(column), i % WeightFormat.BLOCK);
    }

    /** Return an integer weight. */
    int integer(int column, int i) {
        return integer(block(column, i), step(column), i % WeightFormat.BLOCK);
    }

    private int integer(long block, long step, int i) {
        int word = word(block, step, i);
        return format.bits() == 4 ? (word ^ 8 << 28) >>> 4 * (i % 8) & 15 : (byte) ((word ^ 0x808080) >>> 8 * (i % 4));
    }

    /** Return the int that holds an integer weight. */
    int word(int column, int i) {
        return word(block(column, i), step(column), i % WeightFormat.BLOCK);
    }

    private int word(long block, long step, int i) {
        int each = 32 / format.bits();
        return data.get(INT, block + (format.scaleWords() + i / each) * step);
    }

    float scale(int column, int i) {
        if (format.integersOnly()) {
            int part = i % WeightFormat.BLOCK * format.parts() / WeightFormat.BLOCK;
            return real(block(column, i) + part * step(column));
        }
        return Float.float16ToFloat((short) data.get(INT, block(column, i)));
    }

    float minimum(int column, int i) {
        if (format.integersOnly()) {
            return real(block(column, i) + step(column));
        }
        return Float.float16ToFloat((short) (data.get(INT, block(column, i)) >>> 16));
    }

    static short half(float value) {
        return Float.floatToFloat16(Math.max(-65504f, Math.min(65504f, value)));
    }

    static short bfloat(float value) {
        int bits = Float.floatToRawIntBits(value);
        return (short) (bits + 0x7fff + (bits >>> 16 & 1) >>> 16);
    }
}
