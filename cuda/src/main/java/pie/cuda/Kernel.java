package pie.cuda;

import java.lang.foreign.Arena;
import pie.cuda.api.CudaApi;
import pie.cuda.api.ParamBlock;

/** Hold a kernel with the arguments of one place where it is launched; arguments that never change are set once. */
public final class Kernel {
    private final CudaApi api;
    private final CudaApi.Function function;
    private final int threads;
    private final ParamBlock params;
    private final boolean overlap;

    /**
     * @param params number of arguments
     * @param overlap whether it may begin while the kernel that it follows ends
     */
    Kernel(CudaApi api, Arena arena, CudaApi.Function function, int threads, int params, boolean overlap) {
        this.api = api;
        this.function = function;
        this.threads = threads;
        this.params = new ParamBlock(arena, params);
        this.overlap = overlap;
    }

    /** Set all arguments: {@link Long} for addresses and 64-bit integers, {@link Integer}, {@link Float}. */
    public Kernel with(Object... arguments) {
        if (arguments.length != params.count()) {
            throw new IllegalArgumentException(arguments.length + " arguments for " + params.count());
        }
        for (int i = 0; i < arguments.length; i++) {
            switch (arguments[i]) {
                case Long v -> params.set(i, v.longValue());
                case Integer v -> params.set(i, v.intValue());
                case Float v -> params.set(i, v.floatValue());
                default -> throw new IllegalArgumentException("argument " + i + " is " + arguments[i]);
            }
        }
        return this;
    }

    public void set(int index, long value) {
        params.set(index, value);
    }

    public void launch(int gridX, int gridY) {
        api.launch(function, gridX, gridY, threads, params, false);
    }

    /** Launch right after another kernel, which need not have ended if {@link Kernels} overlap. */
    public void follow(int gridX, int gridY) {
        api.launch(function, gridX, gridY, threads, params, overlap);
    }
}
