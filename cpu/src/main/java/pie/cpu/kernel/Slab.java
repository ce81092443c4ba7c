package pie.cpu.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Hand out pieces of large allocations, so that small matrices lie in huge pages too and a step walks few page tables. */
public final class Slab {
    private static final long CHUNK = 32L << 20;
    private static final long LINE = 64;

    private final Arena arena;
    private MemorySegment chunk = MemorySegment.NULL;
    private long used;

    public Slab(Arena arena) {
        this.arena = arena;
    }

    /** Return zeroed memory that lives as long as the arena, at a cache line's start. */
    public MemorySegment allocate(long bytes) {
        if (bytes >= CHUNK) {
            return OffHeap.streamed(arena, bytes);
        }
        if (used + bytes > chunk.byteSize()) {
            chunk = OffHeap.streamed(arena, CHUNK);
            used = 0;
        }
        MemorySegment piece = chunk.asSlice(used, bytes);
        used += (bytes + LINE - 1) / LINE * LINE;
        return piece;
    }
}
