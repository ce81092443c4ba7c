package pie.cuda.api;

import java.lang.foreign.MemorySegment;

/**
 * Do what the driver needs of one device, on one stream, and a second one for copies. All calls come from the thread that opened it. Calls on the stream return at
 * once and run in their order; memory of the host that they name must be pinned ({@link #allocateHost}) and stay as it is until they
 * have run.
 *
 * <p>Every method may throw {@link CudaCallException}, also for an earlier call on the stream that failed since.
 */
public interface CudaApi extends AutoCloseable {
    /** Name a kernel of a loaded module. */
    interface Function {}

    /** Mark a place in the stream. */
    interface Event {}

    /** Hold recorded launches that run with one call. */
    interface Graph {}

    String deviceName();

    int multiprocessors();

    long freeMemory();

    long totalMemory();

    /** Return the address of new device memory. */
    long allocate(long bytes);

    void free(long address);

    /** Return new pinned memory; at most 1 GiB. */
    MemorySegment allocateHost(long bytes);

    void freeHost(MemorySegment memory);

    /** Return the compute capability as one number, e.g. 90. */
    int computeCapability();

    /** Load machine code, or PTX, which the driver compiles for the device; what was loaded before stays, and has no names any more. */
    void load(byte[] image);

    /** Return a kernel of what was loaded last. */
    Function function(String name);

    /**
     * Launch a kernel.
     *
     * @param early right after another launch, and allowed to begin while that one ends: the kernel itself awaits what it reads. Nothing changes
     *     where device or driver cannot. Reference: CUDA C++ Programming Guide, "Programmatic Dependent Launch"
     */
    void launch(Function function, int gridX, int gridY, int threads, ParamBlock params, boolean early);

    void copyIn(long to, MemorySegment from, long bytes);

    void copyOut(MemorySegment to, long from, long bytes);

    void copy(long to, long from, long bytes);

    void fill(long at, byte value, long bytes);

    Event newEvent();

    void record(Event event);

    /** Say whether all before the event has run. */
    boolean reached(Event event);

    /** Wait until all before the event has run. */
    void await(Event event);

    /** Let what comes later on the stream wait for an event as it was recorded last. */
    void waitFor(Event event);

    /** Return the address of the stream's handle, for libraries that put work on it. */
    long stream();

    /** Return the stream of copies beside this one. */
    CopyStream copies();

    /** Wait for the whole stream. */
    void synchronize();

    /** Collect launches instead of running them. */
    void beginCapture();

    Graph endCapture();

    /** End a capture in which something failed; throws nothing. */
    void dropCapture();

    void launch(Graph graph);

    void free(Graph graph);

    /** Free what is left and let go of the device. */
    @Override
    void close();
}
