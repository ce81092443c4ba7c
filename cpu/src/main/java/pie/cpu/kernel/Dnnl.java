package pie.cpu.kernel;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/**
 * Call oneDNN's C API. Objects live as long as the process: a driver makes few of them.
 *
 * <p>oneDNN brings OpenMP; its own threads would fight with ours, hence {@link #oneThread} on each thread that calls it.
 */
@SuppressWarnings("restricted")
final class Dnnl {
    static final int F16 = 1;
    static final int BF16 = 2;
    static final int F32 = 3;
    static final int SRC = 1;
    static final int DST = 17;
    static final int WEIGHTS = 33;

    private static final int CPU = 1;
    private static final int IN_ORDER = 1;
    private static final int FORMAT_ANY = 1;
    private static final int QUERY_IMPLEMENTATION = 8;
    private static final int QUERY_WEIGHTS = 131;
    private static final int FPMATH_F16 = 2;
    private static final int DIMENSIONS = 12;

    private static @Nullable Dnnl instance;
    private static @Nullable String failure;

    private final Arena arena = Arena.global();
    private final SymbolLookup symbols;
    private final MethodHandle setThreads;
    private final MethodHandle streamCreate;
    private final MethodHandle memoryDesc;
    private final MethodHandle memoryDescAny;
    private final MethodHandle memoryDescSize;
    private final MethodHandle memoryCreate;
    private final MethodHandle memorySet;
    private final MethodHandle attributesCreate;
    private final MethodHandle attributesMath;
    private final MethodHandle matmulDesc;
    private final MethodHandle reorderDesc;
    private final MethodHandle query;
    private final MethodHandle queryMemory;
    private final MethodHandle primitiveCreate;
    private final MethodHandle execute;
    private final MemorySegment engine;

    private Dnnl() throws IOException {
        SymbolLookup openMp = SymbolLookup.libraryLookup(DnnlLibrary.unpack("libgomp.so.1"), arena);
        symbols = SymbolLookup.libraryLookup(DnnlLibrary.unpack("libdnnl.so.3"), arena);
        setThreads = Linker.nativeLinker()
                .downcallHandle(openMp.find("omp_set_num_threads").orElseThrow(), FunctionDescriptor.ofVoid(JAVA_INT));
        streamCreate = handle("dnnl_stream_create", ADDRESS, ADDRESS, JAVA_INT);
        memoryDesc = handle("dnnl_memory_desc_create_with_strides", ADDRESS, JAVA_INT, ADDRESS, JAVA_INT, ADDRESS);
        memoryDescAny = handle("dnnl_memory_desc_create_with_tag", ADDRESS, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
        memoryDescSize = Linker.nativeLinker()
                .downcallHandle(
                        symbols.find("dnnl_memory_desc_get_size").orElseThrow(),
                        FunctionDescriptor.of(JAVA_LONG, ADDRESS));
        memoryCreate = handle("dnnl_memory_create", ADDRESS, ADDRESS, ADDRESS, ADDRESS);
        memorySet = handle("dnnl_memory_set_data_handle", ADDRESS, ADDRESS);
        attributesCreate = handle("dnnl_primitive_attr_create", ADDRESS);
        attributesMath = handle("dnnl_primitive_attr_set_fpmath_mode_v2", ADDRESS, JAVA_INT, JAVA_INT);
        matmulDesc = handle(
                "dnnl_matmul_primitive_desc_create", ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS);
        reorderDesc =
                handle("dnnl_reorder_primitive_desc_create", ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS);
        query = handle("dnnl_primitive_desc_query", ADDRESS, JAVA_INT, JAVA_INT, ADDRESS);
        queryMemory = Linker.nativeLinker()
                .downcallHandle(
                        symbols.find("dnnl_primitive_desc_query_md").orElseThrow(),
                        FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_INT, JAVA_INT));
        primitiveCreate = handle("dnnl_primitive_create", ADDRESS, ADDRESS);
        execute = handle("dnnl_primitive_execute", ADDRESS, ADDRESS, JAVA_INT, ADDRESS);
        MethodHandle engineCreate = handle("dnnl_engine_create", ADDRESS, JAVA_INT, JAVA_LONG);
        engine = made("engine", out -> (int) engineCreate.invokeExact(out, CPU, 0L));
    }

    /** Load oneDNN once; null if this machine has none, {@link #failure} says why. */
    static synchronized @Nullable Dnnl load() {
        if (instance == null && failure == null) {
            try {
                instance = new Dnnl();
            } catch (IOException | RuntimeException | LinkageError e) {
                failure = String.valueOf(e.getMessage());
            }
        }
        return instance;
    }

    static synchronized String failure() {
        return String.valueOf(failure);
    }

    private MethodHandle handle(String name, MemoryLayout... arguments) {
        return Linker.nativeLinker()
                .downcallHandle(symbols.find(name).orElseThrow(), FunctionDescriptor.of(JAVA_INT, arguments));
    }

    /** Make an object: the call writes its address to {@code out} and returns a status. */
    private interface Maker {
        int make(MemorySegment out) throws Throwable;
    }

    private static MemorySegment made(String what, Maker maker) {
        MemorySegment out = Arena.global().allocate(ADDRESS);
        int status = status(what, maker, out);
        if (status != 0) {
            throw new IllegalStateException("oneDNN refuses " + what + " with status " + status);
        }
        return out.get(ADDRESS, 0);
    }

    private static int status(String what, Maker maker, MemorySegment out) {
        try {
            return maker.make(out);
        } catch (Throwable e) {
            throw new IllegalStateException("oneDNN " + what, e);
        }
    }

    /** Keep oneDNN on the calling thread, whenever it calls from now on. */
    void oneThread() {
        status(
                "threads",
                out -> {
                    setThreads.invokeExact(1);
                    return 0;
                },
                MemorySegment.NULL);
    }

    MemorySegment stream() {
        return made("stream", out -> (int) streamCreate.invokeExact(out, engine, IN_ORDER));
    }

    /** Describe a matrix [rows, columns] by its strides in elements. */
    MemorySegment matrix(int type, long rows, long columns, long rowStride, long columnStride) {
        MemorySegment dims = longs(rows, columns);
        MemorySegment strides = longs(rowStride, columnStride);
        return made("matrix", out -> (int) memoryDesc.invokeExact(out, 2, dims, type, strides));
    }

    /** Describe a matrix whose layout oneDNN chooses. */
    MemorySegment anyMatrix(int type, long rows, long columns) {
        MemorySegment dims = longs(rows, columns);
        return made("matrix", out -> (int) memoryDescAny.invokeExact(out, 2, dims, type, FORMAT_ANY));
    }

    private MemorySegment longs(long... values) {
        MemorySegment s = arena.allocate(JAVA_LONG, DIMENSIONS);
        MemorySegment.copy(values, 0, s, JAVA_LONG, 0, values.length);
        return s;
    }

    long size(MemorySegment desc) {
        try {
            return (long) memoryDescSize.invokeExact(desc);
        } catch (Throwable e) {
            throw new IllegalStateException("oneDNN size", e);
        }
    }

    MemorySegment memory(MemorySegment desc, MemorySegment data) {
        return made("memory", out -> (int) memoryCreate.invokeExact(out, desc, engine, data));
    }

    void point(MemorySegment memory, MemorySegment data) {
        int status = status("memory", out -> (int) memorySet.invokeExact(memory, data), MemorySegment.NULL);
        if (status != 0) {
            throw new IllegalStateException("oneDNN refuses a data handle with status " + status);
        }
    }

    /** Describe y = x * w, or return null if there is no implementation. */
    @Nullable
    MemorySegment matmul(MemorySegment x, MemorySegment w, MemorySegment y, boolean f16Weights) {
        MemorySegment attributes = made("attributes", out -> (int) attributesCreate.invokeExact(out));
        if (f16Weights) {
            status("math mode", out -> (int) attributesMath.invokeExact(attributes, FPMATH_F16, 1), MemorySegment.NULL);
        }
        MemorySegment out = arena.allocate(ADDRESS);
        int status = status(
                "matmul", o -> (int) matmulDesc.invokeExact(o, engine, x, w, MemorySegment.NULL, y, attributes), out);
        return status == 0 ? out.get(ADDRESS, 0) : null;
    }

    /** Name the implementation behind a description. */
    String implementation(MemorySegment desc) {
        return made("name", out -> (int) query.invokeExact(desc, QUERY_IMPLEMENTATION, 0, out))
                .reinterpret(256)
                .getString(0);
    }

    MemorySegment weights(MemorySegment desc) {
        try {
            return (MemorySegment) queryMemory.invokeExact(desc, QUERY_WEIGHTS, 0);
        } catch (Throwable e) {
            throw new IllegalStateException("oneDNN weights", e);
        }
    }

    MemorySegment primitive(MemorySegment desc) {
        return made("primitive", out -> (int) primitiveCreate.invokeExact(out, desc));
    }

    /** Lay out arguments of an execution: number and memory in turn. */
    MemorySegment arguments(int src, MemorySegment x, int second, MemorySegment w, int third, MemorySegment y) {
        MemorySegment s = arena.allocate(48, 8);
        s.set(JAVA_INT, 0, src);
        s.set(ADDRESS, 8, x);
        s.set(JAVA_INT, 16, second);
        s.set(ADDRESS, 24, w);
        s.set(JAVA_INT, 32, third);
        s.set(ADDRESS, 40, y);
        return s;
    }

    void execute(MemorySegment primitive, MemorySegment stream, int count, MemorySegment arguments) {
        int status;
        try {
            status = (int) execute.invokeExact(primitive, stream, count, arguments);
        } catch (Throwable e) {
            throw new IllegalStateException("oneDNN execution", e);
        }
        if (status != 0) {
            throw new IllegalStateException("oneDNN fails to execute with status " + status);
        }
    }

    /** Convert and lay out anew. */
    void reorder(
            MemorySegment fromDesc, MemorySegment from, MemorySegment toDesc, MemorySegment to, MemorySegment stream) {
        MemorySegment desc = made("reorder", out ->
                (int) reorderDesc.invokeExact(out, fromDesc, engine, toDesc, engine, MemorySegment.NULL));
        MemorySegment source = memory(fromDesc, from);
        execute(primitive(desc), stream, 2, arguments(SRC, source, DST, memory(toDesc, to), 0, source));
    }
}
