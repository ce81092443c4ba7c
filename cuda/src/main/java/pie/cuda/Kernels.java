package pie.cuda;

import java.lang.foreign.Arena;
import java.util.HashMap;
import java.util.Map;
import pie.cuda.api.CudaApi;

/** Know the kernels of the loaded PTX: threads of a block and number of arguments of each. */
public final class Kernels {
    public static final int ROW_THREADS = 256;
    private static final int ATTENTION_THREADS = 128;
    private static final int WIDE_THREADS = 128;
    private static final int SAMPLE_THREADS = 512;

    private final CudaApi api;
    private final Arena arena;
    private final Map<String, CudaApi.Function> functions = new HashMap<>();

    public Kernels(CudaApi api, Arena arena, NumberFormat format) {
        this.api = api;
        this.arena = arena;
        api.load(KernelSource.ptx(format));
    }

    private Kernel kernel(String name, int threads, int params) {
        return new Kernel(api, arena, functions.computeIfAbsent(name, api::function), threads, params);
    }

    public Kernel embed() {
        return kernel("embed", ROW_THREADS, 7);
    }

    public Kernel rmsNorm() {
        return kernel("rms_norm", ROW_THREADS, 8);
    }

    public Kernel ropeAppend() {
        return kernel("rope_append", ROW_THREADS, 17);
    }

    /** @param name {@code store}, {@code add} or {@code swiglu}; @param width rows that a block takes: 8, 16, 32, 64 */
    public Kernel gemm(String name, int width) {
        return kernel("gemm_" + name + "_" + width, width == 64 ? WIDE_THREADS : ROW_THREADS, 8);
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
