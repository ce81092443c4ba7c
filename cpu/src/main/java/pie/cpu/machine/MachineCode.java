package pie.cpu.machine;

import java.lang.foreign.Arena;
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
    private static final int READ_WRITE = 3;
    private static final int READ_EXECUTE = 5;
    private static final int PRIVATE_ANONYMOUS = 0x22;
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
     * Return a function, which lives as long as the arena.
     *
     * @throws UnsupportedOperationException if the system does not let a process run what it wrote
     */
    public static MemorySegment function(Arena arena, byte[] code) {
        long size = code.length;
        MemorySegment at = (MemorySegment) call(
                "mmap",
                FunctionDescriptor.of(
                        ValueLayout.ADDRESS,
                        ValueLayout.ADDRESS,
                        ValueLayout.JAVA_LONG,
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_LONG),
                MemorySegment.NULL,
                size,
                READ_WRITE,
                PRIVATE_ANONYMOUS,
                -1,
                0L);
        if (at.address() == -1L) {
            throw new UnsupportedOperationException("the system gives no memory for machine code");
        }
        MemorySegment room = at.reinterpret(size, arena, MachineCode::unmap);
        MemorySegment.copy(code, 0, room, ValueLayout.JAVA_BYTE, 0, code.length);
        int status = (int) call(
                "mprotect",
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT),
                at,
                size,
                READ_EXECUTE);
        if (status != 0) {
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

    private static void unmap(MemorySegment at) {
        int status = (int) call(
                "munmap",
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG),
                at,
                at.byteSize());
        if (status != 0) {
            throw new IllegalStateException("munmap failed at " + at);
        }
    }

    private static Object call(String name, FunctionDescriptor type, Object... arguments) {
        try {
            MemorySegment function = LINKER.defaultLookup()
                    .find(name)
                    .orElseThrow(() -> new UnsupportedOperationException("the system has no " + name));
            return LINKER.downcallHandle(function, type).invokeWithArguments(arguments);
        } catch (RuntimeException e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(name, e);
        }
    }
}
