package pie.cpu.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import pie.engine.ErrorCode;
import pie.engine.PieException;

/** Allocate native memory that takes no room until it is written, where the system can do so. */
@SuppressWarnings("restricted")
public final class OffHeap {
    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_PRIVATE_ANONYMOUS_NORESERVE = 0x4022;
    private static final int MADV_DONTNEED = 4;
    private static final int MADV_HUGEPAGE = 14;
    private static final long SMALL = 4096;
    private static final long HUGE = 2L << 20;

    private static final @Nullable MethodHandle MMAP;
    private static final @Nullable MethodHandle MUNMAP;
    private static final @Nullable MethodHandle MADVISE;

    static {
        boolean linux = System.getProperty("os.name", "").startsWith("Linux");
        MMAP = linux
                ? handle(
                        "mmap",
                        FunctionDescriptor.of(
                                ValueLayout.ADDRESS,
                                ValueLayout.ADDRESS,
                                ValueLayout.JAVA_LONG,
                                ValueLayout.JAVA_INT,
                                ValueLayout.JAVA_INT,
                                ValueLayout.JAVA_INT,
                                ValueLayout.JAVA_LONG))
                : null;
        MUNMAP = linux
                ? handle(
                        "munmap",
                        FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG))
                : null;
        MADVISE = linux
                ? handle(
                        "madvise",
                        FunctionDescriptor.of(
                                ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT))
                : null;
    }

    private OffHeap() {}

    private static @Nullable MethodHandle handle(String name, FunctionDescriptor type) {
        SymbolLookup libc = Linker.nativeLinker().defaultLookup();
        return libc.find(name)
                .map(f -> Linker.nativeLinker().downcallHandle(f, type))
                .orElse(null);
    }

    /** Return zeroed memory that lives as long as the arena; untouched pages cost nothing. */
    public static MemorySegment zeroed(Arena arena, long bytes) {
        return allocate(arena, bytes, false);
    }

    /** Return memory for data that is read again and again from end to end: asks for huge pages. */
    public static MemorySegment streamed(Arena arena, long bytes) {
        return allocate(arena, bytes, bytes >= 4 * HUGE);
    }

    private static MemorySegment allocate(Arena arena, long bytes, boolean huge) {
        long size = Math.max(64, bytes);
        if (MMAP == null || MUNMAP == null || MADVISE == null) {
            return arena.allocate(size, 64);
        }
        MethodHandle unmap = MUNMAP;
        try {
            MemorySegment at = (MemorySegment) MMAP.invokeExact(
                    MemorySegment.NULL, size, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS_NORESERVE, -1, 0L);
            if (at.address() == -1L) {
                throw new PieException(
                        ErrorCode.INVALID_ARGUMENT,
                        "the system refuses " + (size >> 20)
                                + " MiB of memory: lower driver.pages or driver.max_context",
                        Map.of("bytes", size));
            }
            if (huge) {
                int ignored = (int) MADVISE.invokeExact(at, size, MADV_HUGEPAGE); // advice only
            }
            return at.reinterpret(size, arena, s -> unmap(unmap, s, size));
        } catch (PieException e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("mmap", e);
        }
    }

    /** Let go of the room that a mapped file's pages take; they are read again if needed. Only for read-only file mappings. */
    public static void forget(MemorySegment mapped) {
        long from = (mapped.address() + SMALL - 1) / SMALL * SMALL;
        long bytes = (mapped.address() + mapped.byteSize()) / SMALL * SMALL - from;
        if (MADVISE == null || !mapped.isMapped() || bytes <= 0) {
            return;
        }
        try {
            int ignored = (int) MADVISE.invokeExact(MemorySegment.ofAddress(from), bytes, MADV_DONTNEED); // advice only
        } catch (Throwable e) {
            throw new IllegalStateException("madvise", e);
        }
    }

    private static void unmap(MethodHandle munmap, MemorySegment at, long size) {
        try {
            int status = (int) munmap.invokeExact(at, size);
            if (status != 0) {
                throw new IllegalStateException("munmap failed at " + at);
            }
        } catch (RuntimeException e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("munmap", e);
        }
    }
}
