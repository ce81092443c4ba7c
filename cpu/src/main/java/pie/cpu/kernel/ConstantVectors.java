package pie.cpu.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Hold constants of assembled functions in memory, each repeated over a vector of 256 bits. */
final class ConstantVectors {
    private static final int BYTES = 32;
    private static final int ROOM = 16;

    private final MemorySegment data;
    private int count;

    ConstantVectors(Arena arena) {
        data = arena.allocate(ROOM * BYTES, BYTES);
    }

    /** Return where the constant begins, in bytes from {@link #address}; 1, 2, 4 or 8 ints, repeated. */
    int add(int... ints) {
        int at = BYTES * count++;
        for (int i = 0; i < BYTES / Integer.BYTES; i++) {
            data.set(ValueLayout.JAVA_INT, at + 4L * i, ints[i % ints.length]);
        }
        return at;
    }

    long address() {
        return data.address();
    }
}
