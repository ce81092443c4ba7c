package pie.cpu.machine;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Hold assembled functions where the processor may run them: written first, then made executable and read-only. Linux on x86-64 only.
 *
 * <p>A function takes five numbers or addresses (System V ABI: rdi, rsi, rdx, rcx, r8) and returns nothing.
 */
@SuppressWarnings("restricted")
public final class MachineCode {
    private static final int READ_EXECUTE = 5;
    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle CALL = LINKER.downcallHandle(FunctionDescriptor.ofVoid(
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_LONG));

    private MachineCode() {}

    /** Say whether this system can run assembled code. */
    public static boolean supported() {
        return System.getProperty("os.name", "").startsWith("Linux")
                && System.getProperty("os.arch", "").equals("amd64");
    }

    /**
     * Make a function of memory.
     *
     * @param room whole pages of its own, of at least the code's length; they can be neither written nor given to others afterwards
     * @throws UnsupportedOperationException if the system does not let a process run what it wrote
     */
    public static MemorySegment function(MemorySegment room, byte[] code) {
        MemorySegment.copy(code, 0, room, ValueLayout.JAVA_BYTE, 0, code.length);
        if (protect(room) != 0) {
            throw new UnsupportedOperationException("the system does not run machine code that a process wrote");
        }
        return room;
    }

    /** Call a function. */
    public static void call(MemorySegment function, long a, long b, long c, long d, long e) {
        try {
            CALL.invokeExact(function, a, b, c, d, e);
        } catch (Throwable t) {
            throw new IllegalStateException("machine code", t);
        }
    }

    private static int protect(MemorySegment pages) {
        MemorySegment mprotect = LINKER.defaultLookup()
                .find("mprotect")
                .orElseThrow(() -> new UnsupportedOperationException("the system has no mprotect"));
        MethodHandle handle = LINKER.downcallHandle(
                mprotect,
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT));
        try {
            return (int) handle.invokeExact(pages, pages.byteSize(), READ_EXECUTE);
        } catch (Throwable e) {
            throw new IllegalStateException("mprotect", e);
        }
    }
}
