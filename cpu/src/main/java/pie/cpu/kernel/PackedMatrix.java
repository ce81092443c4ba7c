package pie.cpu.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Hold one weight matrix [k, n] in panels of {@link Lanes#COUNT} columns; the last panel is filled up with zero columns. */
public final class PackedMatrix {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;

    final WeightFormat format;
    final int k;
    final int n;
    final MemorySegment data;
    final long panelBytes;

    public PackedMatrix(WeightFormat format, int k, int n, MemorySegment data) {
        this.format = format;
        this.k = k;
        this.n = n;
        this.data = data;
        panelBytes = format.panelBytes(k);
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

    /** Read column n as floats, k of them, to {@code out}: a row of an embedding table. The same bits as the matmul sees. */
    public void column(int column, MemorySegment out, long at) {
        long lane = (long) column / Lanes.COUNT * panelBytes + (long) column % Lanes.COUNT * 4;
        int word = Lanes.COUNT * 4;
        int group = format.group();
        for (int g = 0; g < k / group; g++) {
            long from = lane + (long) g * format.words() * word;
            for (int i = 0; i < group; i++) {
                float value = value(from, word, i);
                out.set(ValueLayout.JAVA_FLOAT_UNALIGNED, at + 4L * (g * group + i), value);
            }
        }
    }

    private float value(long from, int word, int i) {
        return switch (format) {
            case Q4 -> {
                int scales = data.get(INT, from);
                int q = data.get(INT, from + (1 + i / 8) * word) >>> (4 * (i % 8)) & 15;
                yield Math.fma(q, Float.float16ToFloat((short) scales), Float.float16ToFloat((short) (scales >>> 16)));
            }
            case Q8 -> {
                float d = Float.float16ToFloat((short) data.get(INT, from));
                yield data.get(BYTE, from + (1 + i / 4) * word + i % 4) * d;
            }
            case F16 -> Float.float16ToFloat((short) (data.get(INT, from) >>> 16 * i));
            case BF16 -> Float.intBitsToFloat(data.get(INT, from) >>> 16 * i << 16);
            case F32 -> Float.intBitsToFloat(data.get(INT, from));
        };
    }

    /** Store column n from floats, rounding to the format; not for Q4 and Q8, which are transcoded from blocks. */
    public void store(int column, float[] values) {
        long lane = (long) column / Lanes.COUNT * panelBytes + (long) column % Lanes.COUNT * 4;
        int word = Lanes.COUNT * 4;
        for (int i = 0; i < k / format.group(); i++) {
            int bits = switch (format) {
                case F16 -> half(values[2 * i]) & 0xffff | half(values[2 * i + 1]) << 16;
                case BF16 -> bfloat(values[2 * i]) & 0xffff | bfloat(values[2 * i + 1]) << 16;
                case F32 -> Float.floatToRawIntBits(values[i]);
                case Q4, Q8 -> throw new IllegalStateException("blocks are transcoded, not stored");
            };
            data.set(INT, lane + (long) i * word, bits);
        }
    }

    /** Store column n from GGUF blocks of 32: Q4_0 or Q4_1 as {@link WeightFormat#Q4}. */
    public void storeQ4(int column, MemorySegment blocks, long at, boolean withMinimum) {
        long lane = (long) column / Lanes.COUNT * panelBytes + (long) column % Lanes.COUNT * 4;
        int word = Lanes.COUNT * 4;
        int header = withMinimum ? 4 : 2;
        for (int g = 0; g < k / 32; g++) {
            int d = blocks.get(ValueLayout.JAVA_SHORT_UNALIGNED, at) & 0xffff;
            int m = withMinimum
                    ? blocks.get(ValueLayout.JAVA_SHORT_UNALIGNED, at + 2)
                    : half(-8 * Float.float16ToFloat((short) d));
            data.set(INT, lane, d | m << 16);
            for (int w = 0; w < 4; w++) {
                int bits = 0;
                for (int i = 0; i < 8; i++) {
                    int q = blocks.get(BYTE, at + header + (w * 8 + i) % 16) >>> (w < 2 ? 0 : 4) & 15;
                    bits |= q << 4 * i;
                }
                data.set(INT, lane + (1L + w) * word, bits);
            }
            lane += 5L * word;
            at += header + 16;
        }
    }

    /** Store column n from GGUF blocks of 32: Q8_0 as {@link WeightFormat#Q8}. */
    public void storeQ8(int column, MemorySegment blocks, long at) {
        long lane = (long) column / Lanes.COUNT * panelBytes + (long) column % Lanes.COUNT * 4;
        int word = Lanes.COUNT * 4;
        for (int g = 0; g < k / 32; g++) {
            data.set(INT, lane, blocks.get(ValueLayout.JAVA_SHORT_UNALIGNED, at) & 0xffff);
            for (int w = 0; w < 8; w++) {
                data.set(INT, lane + (1L + w) * word, blocks.get(INT, at + 2 + 4L * w));
            }
            lane += 9L * word;
            at += 34;
        }
    }

    static short half(float value) {
        return Float.floatToFloat16(Math.max(-65504f, Math.min(65504f, value)));
    }

    static short bfloat(float value) {
        int bits = Float.floatToRawIntBits(value);
        return (short) (bits + 0x7fff + (bits >>> 16 & 1) >>> 16);
    }
}
