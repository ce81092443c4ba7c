package pie.cpu.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Round floats to bf16, to nearest even. Twin: {@link PackedMatrix#bfloat}. */
final class Bfloat {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;

    private Bfloat() {}

    /** Convert n floats; a loop that C2 turns into vectors. */
    static void round(MemorySegment x, long at, MemorySegment out, long to, int n) {
        for (int i = 0; i < n; i++) {
            int bits = x.get(INT, at + 4L * i);
            out.set(SHORT, to + 2L * i, (short) (bits + 0x7fff + (bits >>> 16 & 1) >>> 16));
        }
    }
}
