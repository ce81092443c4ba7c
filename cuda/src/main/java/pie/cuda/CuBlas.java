package pie.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import pie.cuda.api.CudaCallException;
import pie.engine.ErrorCode;
import pie.engine.PieException;

/**
 * Multiply matrices with cuBLAS, on the driver's stream. Reference: cuBLAS, "cublasGemmEx". Called by the foreign function interface and not by
 * JCuda's binding, which takes no other version than 12.
 */
@SuppressWarnings("restricted")
public final class CuBlas implements AutoCloseable {
    private static final List<String> NAMES = List.of("libcublas.so.13", "libcublas.so.12", "libcublas.so");
    private static final int TRANSPOSED = 1;
    private static final int AS_IS = 0;
    private static final int F16 = 2;
    private static final int BF16 = 14;
    private static final int F32 = 0;
    private static final int COMPUTE_F32 = 68;
    private static final int DEFAULT_ALGORITHM = -1;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment handle;
    private final MemorySegment one;
    private final MemorySegment zero;
    private final MethodHandle gemm;
    private final MethodHandle destroy;
    private final int type;

    private CuBlas(SymbolLookup symbols, NumberFormat format, long stream) {
        type = format == NumberFormat.F16 ? F16 : BF16;
        one = arena.allocateFrom(JAVA_FLOAT, 1f);
        zero = arena.allocateFrom(JAVA_FLOAT, 0f);
        destroy = function(symbols, "cublasDestroy_v2", FunctionDescriptor.of(JAVA_INT, ADDRESS));
        gemm = function(
                symbols,
                "cublasGemmEx",
                FunctionDescriptor.of(
                        JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_INT,
                        JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_INT, JAVA_INT, JAVA_INT,
                        JAVA_INT));
        MemorySegment place = arena.allocate(ADDRESS);
        check(
                "cublasCreate",
                call(function(symbols, "cublasCreate_v2", FunctionDescriptor.of(JAVA_INT, ADDRESS)), place));
        handle = place.get(ADDRESS, 0);
        check(
                "cublasSetStream",
                call(
                        function(symbols, "cublasSetStream_v2", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS)),
                        handle,
                        MemorySegment.ofAddress(stream)));
    }

    /**
     * Open the library for the context of the calling thread: what the system property {@code pie.cuda.cublas} names, else what the loader finds.
     *
     * @throws PieException NOT_FOUND if there is none
     */
    static CuBlas open(NumberFormat format, long stream) {
        return new CuBlas(
                find().orElseThrow(() -> new PieException(
                        ErrorCode.NOT_FOUND,
                        "driver option matmuls = cublas: no libcublas.so.12 or .13 can be loaded; install cuBLAS, or take"
                                + " matmuls = own",
                        Map.of("option", "matmuls"))),
                format,
                stream);
    }

    static boolean isThere() {
        return find().isPresent();
    }

    private static Optional<SymbolLookup> find() {
        String set = System.getProperty("pie.cuda.cublas");
        for (String name : set == null ? NAMES : List.of(set)) {
            try {
                return Optional.of(SymbolLookup.libraryLookup(name, Arena.global()));
            } catch (IllegalArgumentException e) {
                continue; // the next name
            }
        }
        return Optional.empty();
    }

    /**
     * Compute y = x · weightsᵀ for rows of x.
     *
     * @param weights [outputs, stride], row by row
     * @param x [rows, stride]
     * @param y f32 [rows, outputs]
     */
    public void multiply(long weights, int outputs, int stride, long x, int rows, long y) {
        int result;
        try {
            result = (int) gemm.invokeExact(
                    handle,
                    TRANSPOSED,
                    AS_IS,
                    outputs,
                    rows,
                    stride,
                    one,
                    MemorySegment.ofAddress(weights),
                    type,
                    stride,
                    MemorySegment.ofAddress(x),
                    type,
                    stride,
                    zero,
                    MemorySegment.ofAddress(y),
                    F32,
                    outputs,
                    COMPUTE_F32,
                    DEFAULT_ALGORITHM);
        } catch (Throwable e) {
            throw failed("cublasGemmEx", e);
        }
        check("cublasGemmEx", result);
    }

    private static MethodHandle function(SymbolLookup symbols, String name, FunctionDescriptor type) {
        MemorySegment address = symbols.find(name)
                .orElseThrow(() -> new PieException(ErrorCode.UNSUPPORTED, "cuBLAS has no function " + name));
        return Linker.nativeLinker().downcallHandle(address, type);
    }

    private static int call(MethodHandle function, Object... arguments) {
        try {
            return (int) function.invokeWithArguments(arguments);
        } catch (Throwable e) {
            throw failed("cuBLAS", e);
        }
    }

    private static PieException failed(String what, Throwable e) {
        return new PieException(ErrorCode.INTERNAL, "calling " + what + " failed: " + e, Map.of(), e);
    }

    private static void check(String function, int result) {
        if (result != 0) {
            throw new CudaCallException(
                    function, result, "cublasStatus_t " + result, "see cublasStatus_t in the cuBLAS manual", false);
        }
    }

    @Override
    public void close() {
        call(destroy, handle);
        arena.close();
    }
}
