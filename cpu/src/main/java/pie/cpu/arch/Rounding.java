package pie.cpu.arch;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Round rows of floats to GGUF's blocks of 32: Q8_0 (d q) and Q4_1 (d q + m), both to the nearest value between the block's extremes. */
final class Rounding {
    private static final int BLOCK = 32;

    private Rounding() {}

    /** Return the row in blocks of 34 bytes; what is missing of the last block counts as 0. */
    static MemorySegment q80(float[] row) {
        int blocks = (row.length + BLOCK - 1) / BLOCK;
        ByteBuffer out = ByteBuffer.allocate(34 * blocks).order(ByteOrder.LITTLE_ENDIAN);
        for (int b = 0; b < blocks; b++) {
            float most = 0;
            for (int i = 0; i < BLOCK; i++) {
                most = Math.max(most, Math.abs(value(row, b, i)));
            }
            short d = Float.floatToFloat16(most / 127);
            float scale = Float.float16ToFloat(d);
            out.putShort(d);
            for (int i = 0; i < BLOCK; i++) {
                out.put((byte) (scale == 0 ? 0 : Math.clamp(Math.round(value(row, b, i) / scale), -127, 127)));
            }
        }
        return MemorySegment.ofArray(out.array());
    }

    /** Return the row in blocks of 20 bytes; what is missing of the last block counts as 0. */
    static MemorySegment q41(float[] row) {
        int blocks = (row.length + BLOCK - 1) / BLOCK;
        ByteBuffer out = ByteBuffer.allocate(20 * blocks).order(ByteOrder.LITTLE_ENDIAN);
        for (int b = 0; b < blocks; b++) {
            float least = Float.POSITIVE_INFINITY;
            float most = Float.NEGATIVE_INFINITY;
            for (int i = 0; i < BLOCK; i++) {
                least = Math.min(least, value(row, b, i));
                most = Math.max(most, value(row, b, i));
            }
            short d = Float.floatToFloat16((most - least) / 15);
            short m = Float.floatToFloat16(least);
            out.putShort(d).putShort(m);
            for (int i = 0; i < BLOCK / 2; i++) {
                out.put((byte) (nibble(value(row, b, i), d, m) | nibble(value(row, b, i + BLOCK / 2), d, m) << 4));
            }
        }
        return MemorySegment.ofArray(out.array());
    }

    private static int nibble(float value, short d, short m) {
        float scale = Float.float16ToFloat(d);
        return scale == 0 ? 0 : Math.clamp(Math.round((value - Float.float16ToFloat(m)) / scale), 0, 15);
    }

    private static float value(float[] row, int block, int i) {
        int at = block * BLOCK + i;
        return at < row.length ? row[at] : 0;
    }
}
