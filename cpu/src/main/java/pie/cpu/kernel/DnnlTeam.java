package pie.cpu.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Hold what all oneDNN matmuls of a driver share: workers' streams, number types, activations in bf16, sizes of batches. */
public final class DnnlTeam {
    /** Name the pairs of types that are used, in the order in which they are tried. */
    public enum Mode {
        /** bf16 activations and weights: AMX, or AVX-512 with bf16. */
        BF16(Dnnl.BF16, Dnnl.BF16),
        /** f32 activations, f16 weights unpacked on the way. */
        F16(Dnnl.F32, Dnnl.F16),
        F32(Dnnl.F32, Dnnl.F32);

        final int source;
        final int weights;

        Mode(int source, int weights) {
            this.source = source;
            this.weights = weights;
        }
    }

    /** Rows for which primitives are made: a batch is filled up to the next. */
    private static final int[] SIZES = {
        1, 2, 4, 8, 12, 16, 24, 32, 48, 64, 96, 128, 160, 192, 256, 320, 384, 448, 512, 640, 768, 1024, 1536, 2048
    };

    final Dnnl dnnl;
    final Team team;
    final Mode mode;
    final Arena arena;
    private final MemorySegment halves;
    private final @Nullable Thread[] threads;
    private final MemorySegment[] streams;
    /** Smallest size that gives the same bits as all larger ones. */
    private int least = 1;

    private DnnlTeam(Dnnl dnnl, Team team, Mode mode, Arena arena, int maxRows, int maxColumns) {
        this.dnnl = dnnl;
        this.team = team;
        this.mode = mode;
        this.arena = arena;
        halves = OffHeap.zeroed(arena, 2L * size(maxRows) * maxColumns);
        threads = new Thread[team.size()];
        streams = new MemorySegment[team.size()];
        for (int i = 0; i < streams.length; i++) {
            streams[i] = dnnl.stream();
        }
    }

    /** Open oneDNN, or say why not through an exception's message. */
    public static DnnlTeam open(Team team, Mode mode, Arena arena, int maxRows, int maxColumns) {
        Dnnl dnnl = Dnnl.load();
        if (dnnl == null) {
            throw new UnsupportedOperationException("oneDNN cannot be loaded: " + Dnnl.failure());
        }
        return new DnnlTeam(dnnl, team, mode, arena, maxRows, maxColumns);
    }

    /** Return the rows that {@code rows} are filled up to, by buffers of activations too. */
    public static int size(int rows) {
        for (int size : SIZES) {
            if (size >= rows) {
                return size;
            }
        }
        return (rows + 511) / 512 * 512;
    }

    /** Return the size that a batch runs at. */
    int padded(int rows) {
        return Math.max(size(rows), least);
    }

    void least(int size) {
        least = Math.max(least, size);
    }

    int[] sizes() {
        return SIZES;
    }

    /** Return the worker's stream; keeps oneDNN from starting threads of its own. */
    MemorySegment stream(int worker) {
        if (threads[worker] != Thread.currentThread()) {
            dnnl.oneThread();
            threads[worker] = Thread.currentThread();
        }
        return streams[worker];
    }

    /** Return the activations in the type that the matmul takes; all workers together. */
    MemorySegment source(int worker, MemorySegment x, int rows, int k) {
        if (mode != Mode.BF16) {
            return x;
        }
        int first = (int) ((long) rows * worker / team.size());
        int end = (int) ((long) rows * (worker + 1) / team.size());
        Bfloat.round(x, 4L * first * k, halves, 2L * first * k, (end - first) * k);
        team.barrier();
        return halves;
    }
}
