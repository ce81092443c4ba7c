package pie.cuda;

import java.lang.foreign.Arena;
import java.util.HashMap;
import java.util.Map;
import pie.cuda.api.CudaApi;

/** Know the kernels of the loaded module: threads of a block and number of arguments of each. */
public final class Kernels {
    public static final int ROW_THREADS = 256;
    private static final int ATTENTION_THREADS = 128;
    private static final int WIDE_THREADS = 128;
    private static final int SAMPLE_THREADS = 512;
    /** Arguments that name the adapters of rows, the table of adapters first. */
    private static final int ADAPTERS = 4;

    private static final int PLAIN_ROWS = 2;
    private static final int NORMED_ROWS = 6;
    private static final int ROTATION = 12;
    /** Number of rows, matrix, result. */
    private static final int PRODUCT = 6;
    /** Number of rows, products, result. */
    private static final int FINISH = 6;

    private final CudaApi api;
    private final Arena arena;
    private final boolean overlap;
    private final Map<String, CudaApi.Function> functions = new HashMap<>();

    /**
     * Take the kernels of the module that was loaded last.
     *
     * @param overlap whether a kernel may begin while the one that it follows ends
     */
    public Kernels(CudaApi api, Arena arena, boolean overlap) {
        this.api = api;
        this.arena = arena;
        this.overlap = overlap;
    }

    private Kernel kernel(String name, int threads, int params) {
        return new Kernel(api, arena, functions.computeIfAbsent(name, api::function), threads, params, overlap);
    }

    public Kernel embed() {
        return kernel("embed", ROW_THREADS, 9);
    }

    public Kernel rmsNorm() {
        return kernel("rms_norm", ROW_THREADS, 10);
    }

    public Kernel shrinkNormed() {
        return kernel("shrink_normed", ROW_THREADS, 11);
    }

    public Kernel shrinkPlain() {
        return kernel("shrink_plain", ROW_THREADS, 8);
    }

    /** Store products. @param width rows that a block takes: 8, 16, 32, 64, here and below */
    public Kernel store(int width) {
        return gemm("gemm_store_", width, PRODUCT + PLAIN_ROWS);
    }

    /** Add products to the residual stream. */
    public Kernel add(int width) {
        return gemm("gemm_add_", width, PRODUCT + PLAIN_ROWS + 2 + ADAPTERS);
    }

    /** Multiply gates and ups, and gate. */
    public Kernel swiglu(int width) {
        return gemm("gemm_swiglu_", width, PRODUCT + PLAIN_ROWS + ADAPTERS);
    }

    /** As {@link #swiglu}, of rows that are normed as they are read; widths of 8, 16, 32. */
    public Kernel normSwiglu(int width) {
        return gemm("norm_gemm_swiglu_", width, PRODUCT + NORMED_ROWS + ADAPTERS);
    }

    /** Multiply queries, keys and values, rotate and keep them. */
    public Kernel rotate(int width) {
        return gemm("gemm_rotate_", width, PRODUCT + PLAIN_ROWS + ADAPTERS + ROTATION);
    }

    /** As {@link #rotate}, of rows that are normed as they are read; widths of 8, 16, 32. */
    public Kernel normRotate(int width) {
        return gemm("norm_gemm_rotate_", width, PRODUCT + NORMED_ROWS + ADAPTERS + ROTATION);
    }

    /** As {@link #add}, of products that a library has computed; so are the two below. */
    public Kernel finishAdd() {
        return kernel("finish_add", ROW_THREADS, FINISH + 2 + ADAPTERS);
    }

    public Kernel finishSwiglu() {
        return kernel("finish_swiglu", ROW_THREADS, FINISH + ADAPTERS);
    }

    public Kernel finishRotate() {
        return kernel("finish_rotate", ROW_THREADS, FINISH + ADAPTERS + ROTATION);
    }

    private Kernel gemm(String name, int width, int params) {
        return kernel(name + width, width == 64 ? WIDE_THREADS : ROW_THREADS, params);
    }

    public Kernel attention(int headDim) {
        return kernel("attention_" + headDim, ATTENTION_THREADS, 17);
    }

    public Kernel attentionMerge() {
        return kernel("attention_merge", ATTENTION_THREADS, 9);
    }

    public Kernel sample() {
        return kernel("sample", SAMPLE_THREADS, 10);
    }
}
