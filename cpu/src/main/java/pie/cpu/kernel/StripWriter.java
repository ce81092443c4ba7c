package pie.cpu.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import pie.engine.model.IntegerWeights;
import pie.engine.model.KQuants;

/**
 * Put columns into their places in a {@link PackedMatrix}, one strip at a time.
 *
 * <p>All work is on arrays, and between arrays and memory in bulk: models are packed in the first second of a JVM's life, in which
 * access to memory word by word is slow.
 */
public final class StripWriter {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final PackedMatrix m;
    private final int blocks;
    private final int[] strip;
    private final int[] ints;
    private final short[] shorts;
    private final byte[] bytes;
    private int panel;
    private int step;

    public StripWriter(PackedMatrix m) {
        this.m = m;
        blocks = WeightFormat.blocks(m.k);
        strip = new int[blocks * m.format.words() * PackedMatrix.WIDTH * Lanes.COUNT];
        ints = new int[5 * blocks];
        shorts = new short[17 * blocks];
        bytes = new byte[18 * blocks];
    }

    /** Begin the strip that starts at a panel; columns not written stay zero. */
    public void begin(int panel) {
        this.panel = panel;
        step = m.width(panel) * Lanes.COUNT;
        Arrays.fill(strip, 0, length(), 0);
    }

    /** Copy the strip to its place. */
    public void end() {
        MemorySegment.copy(strip, 0, m.data, ValueLayout.JAVA_INT_UNALIGNED, m.strip(panel), length());
    }

    private int length() {
        return blocks * m.format.words() * step;
    }

    private int lane(int column) {
        return column - panel * Lanes.COUNT;
    }

    /** Write a column from GGUF blocks of Q4_1, 20 bytes each. */
    public void q41(int column, MemorySegment data, long at) {
        MemorySegment.copy(data, INT, at, ints, 0, 5 * blocks);
        int to = lane(column);
        for (int from = 0; from < 5 * blocks; from += 5) {
            nibbles(to, ints[from], ints[from + 1], ints[from + 2], ints[from + 3], ints[from + 4]);
            to += 5 * step;
        }
    }

    /** Write a column from GGUF blocks of Q4_0, 18 bytes each. */
    public void q40(int column, MemorySegment data, long at) {
        MemorySegment.copy(data, SHORT, at, shorts, 0, 9 * blocks);
        int to = lane(column);
        for (int from = 0; from < 9 * blocks; from += 9) {
            int d = shorts[from];
            int minimum = PackedMatrix.half(-8 * Float.float16ToFloat((short) d));
            nibbles(to, d & 0xffff | minimum << 16, pair(from + 1), pair(from + 3), pair(from + 5), pair(from + 7));
            to += 5 * step;
        }
    }

    /** Write a column from GGUF blocks of Q4_K, 144 bytes for 256 values; the scales of each 32 are rounded to halves. */
    public void q4k(int column, MemorySegment data, long at) {
        MemorySegment.copy(data, INT, at, ints, 0, 36 * (blocks / 8));
        MemorySegment.copy(data, ValueLayout.JAVA_BYTE, at, bytes, 0, 144 * (blocks / 8));
        int to = lane(column);
        for (int block = 0; block < blocks; block++) {
            int from = block / 8 * 36;
            int sub = block % 8;
            float d = Float.float16ToFloat((short) ints[from]) * KQuants.scale(bytes, 4 * from + 4, sub);
            float m = -Float.float16ToFloat((short) (ints[from] >>> 16)) * KQuants.offset(bytes, 4 * from + 4, sub);
            strip[to] = PackedMatrix.half(d) & 0xffff | PackedMatrix.half(m) << 16;
            int q = from + 4 + sub / 2 * 8;
            int shift = sub % 2 * 4;
            for (int w = 0; w < 4; w++) {
                int a = ints[q + 2 * w] >>> shift;
                int b = ints[q + 2 * w + 1] >>> shift;
                strip[to + (1 + w) * step] = (low(a) | low(b) << 16) ^ 8 << 28;
            }
            to += 5 * step;
        }
    }

    private int pair(int from) {
        return shorts[from] & 0xffff | shorts[from + 1] << 16;
    }

    /** GGUF has values 0 to 15 of a block in the low halves of its 16 bytes, 16 to 31 in the high ones. */
    private void nibbles(int to, int scales, int a, int b, int c, int d) {
        strip[to] = scales;
        strip[to + step] = (low(a) | low(b) << 16) ^ 8 << 28;
        strip[to + 2 * step] = (low(c) | low(d) << 16) ^ 8 << 28;
        strip[to + 3 * step] = (low(a >>> 4) | low(b >>> 4) << 16) ^ 8 << 28;
        strip[to + 4 * step] = (low(c >>> 4) | low(d >>> 4) << 16) ^ 8 << 28;
    }

    /** Move the low halves of four bytes together. */
    private static int low(int bytes) {
        int x = bytes & 0x0f0f0f0f;
        x = (x | x >>> 4) & 0x00ff00ff;
        return (x | x >>> 8) & 0xffff;
    }

    /** Write a column from GGUF blocks of Q8_0, 34 bytes each. */
    public void q80(int column, MemorySegment data, long at) {
        MemorySegment.copy(data, SHORT, at, shorts, 0, 17 * blocks);
        int to = lane(column);
        for (int from = 0; from < 17 * blocks; from += 17) {
            strip[to] = shorts[from] & 0xffff;
            for (int w = 0; w < 8; w++) {
                strip[to + (1 + w) * step] = pair(from + 1 + 2 * w) ^ 0x808080;
            }
            to += 9 * step;
        }
    }

    /** Write a column of 8-bit integers; their scales are rounded to halves if the format is {@link WeightFormat#Q8}. */
    public void integers(int column, IntegerWeights weights) {
        byte[] q = weights.q();
        float[] scales = weights.scales();
        int to = lane(column);
        for (int block = 0; block < blocks; block++) {
            if (m.format == WeightFormat.Q8) {
                strip[to] = PackedMatrix.half(scales[2 * block]) & 0xffff;
            } else {
                float minimum = weights.minima().length == 0 ? 0 : weights.minima()[block];
                float second = m.format == WeightFormat.Q8_PAIR ? scales[2 * block + 1] : minimum;
                strip[to] = Float.floatToRawIntBits(scales[2 * block]);
                strip[to + step] = Float.floatToRawIntBits(second);
            }
            to += m.format.scaleWords() * step;
            for (int i = 32 * block; i < 32 * (block + 1); i += 4) {
                int word = q[i] & 0xff | (q[i + 1] & 0xff) << 8 | (q[i + 2] & 0xff) << 16 | q[i + 3] << 24;
                strip[to] = word ^ 0x808080;
                to += step;
            }
        }
    }

    /** Write a column from floats, rounded to the format, which is one of floats. */
    public void floats(int column, float[] values) {
        int to = lane(column);
        int each = WeightFormat.BLOCK / m.format.words();
        for (int i = 0; i < m.k; i += each) {
            float next = i + 1 < m.k ? values[i + 1] : 0;
            strip[to + i / each * step] = switch (m.format) {
                case F16 -> PackedMatrix.half(values[i]) & 0xffff | PackedMatrix.half(next) << 16;
                case BF16 -> PackedMatrix.bfloat(values[i]) & 0xffff | PackedMatrix.bfloat(next) << 16;
                case F32 -> Float.floatToRawIntBits(values[i]);
                case Q4, Q8, Q8_MINIMUM, Q8_PAIR ->
                    throw new IllegalStateException("blocks are transcoded, not stored");
            };
        }
    }
}
