package pie.cuda.api;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * Launch kernels that may begin while the one before them ends. JCuda has no {@code cuLaunchKernelEx}, so it is called by the foreign function
 * interface. Reference: CUDA Driver API, {@code CUlaunchConfig}, {@code CU_LAUNCH_ATTRIBUTE_PROGRAMMATIC_STREAM_SERIALIZATION}.
 *
 * <pre>
 * configuration   grid x, y, z, block x, y, z, shared bytes (int each), 4 bytes unused, stream, attributes, number of attributes (int)
 * attribute       number (int), 4 bytes unused, value (64 bytes)
 * </pre>
 */
@SuppressWarnings("restricted")
final class EarlyLaunch {
    /** Compute capability from which kernels can await others themselves. */
    static final int CAPABILITY = 90;

    private static final String LIBRARY = "libcuda.so.1";
    private static final int PROGRAMMATIC_STREAM_SERIALIZATION = 6;
    private static final int CONFIGURATION_BYTES = 56;
    private static final int ATTRIBUTE_BYTES = 72;
    private static final int GRID_X = 0;
    private static final int GRID_Y = 4;
    private static final int GRID_Z = 8;
    private static final int BLOCK_X = 12;
    private static final int BLOCK_Y = 16;
    private static final int BLOCK_Z = 20;
    private static final int STREAM = 32;
    private static final int ATTRIBUTES = 40;
    private static final int ATTRIBUTE_COUNT = 48;
    private static final int VALUE = 8;

    private final MethodHandle call;
    private final MemorySegment configuration;

    private EarlyLaunch(MemorySegment function, long stream) {
        call = Linker.nativeLinker()
                .downcallHandle(function, FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG));
        Arena arena = Arena.ofAuto(); // one arena: what is reachable keeps all of it
        MemorySegment attribute = arena.allocate(ATTRIBUTE_BYTES, Long.BYTES);
        attribute.set(JAVA_INT, 0, PROGRAMMATIC_STREAM_SERIALIZATION);
        attribute.set(JAVA_INT, VALUE, 1);
        configuration = arena.allocate(CONFIGURATION_BYTES, Long.BYTES);
        configuration.set(JAVA_INT, GRID_Z, 1);
        configuration.set(JAVA_INT, BLOCK_Y, 1);
        configuration.set(JAVA_INT, BLOCK_Z, 1);
        configuration.set(JAVA_LONG, STREAM, stream);
        configuration.set(ADDRESS, ATTRIBUTES, attribute);
        configuration.set(JAVA_INT, ATTRIBUTE_COUNT, 1);
    }

    /** Find the function in the loaded driver library; empty if that is older than CUDA 11.8. */
    static Optional<EarlyLaunch> find(long stream) {
        return library().find("cuLaunchKernelEx").map(function -> new EarlyLaunch(function, stream));
    }

    private static SymbolLookup library() {
        try {
            return SymbolLookup.libraryLookup(System.getProperty("pie.cuda.library", LIBRARY), Arena.global());
        } catch (IllegalArgumentException e) {
            return SymbolLookup.loaderLookup();
        }
    }

    /** Return the driver's result. @param function handle of the kernel */
    int launch(long function, int gridX, int gridY, int threads, ParamBlock params) {
        configuration.set(JAVA_INT, GRID_X, gridX);
        configuration.set(JAVA_INT, GRID_Y, gridY);
        configuration.set(JAVA_INT, BLOCK_X, threads);
        try {
            return (int) call.invokeExact(configuration, function, params.address(), 0L);
        } catch (Throwable e) {
            throw new IllegalStateException("calling cuLaunchKernelEx failed", e);
        }
    }
}
