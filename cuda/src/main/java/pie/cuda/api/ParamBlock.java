package pie.cuda.api;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Hold the arguments of a kernel in native memory, 8 bytes each, and the array of their addresses: a launch then costs one call. */
public final class ParamBlock {
    private final int count;
    private final MemorySegment values;
    private final MemorySegment addresses;

    public ParamBlock(Arena arena, int count) {
        this.count = count;
        values = arena.allocate(8L * count, 16);
        addresses = arena.allocate(8L * count, 16);
        for (int i = 0; i < count; i++) {
            addresses.setAtIndex(JAVA_LONG, i, values.address() + 8L * i);
        }
    }

    public int count() {
        return count;
    }

    /** Return the address that a launch takes as its {@code kernelParams}. */
    public long address() {
        return addresses.address();
    }

    public void set(int index, int value) {
        values.set(JAVA_INT, 8L * index, value);
    }

    public void set(int index, long value) {
        values.set(JAVA_LONG, 8L * index, value);
    }

    public void set(int index, float value) {
        values.set(JAVA_FLOAT, 8L * index, value);
    }
}
