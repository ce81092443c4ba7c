package pie.cuda.api;

import java.lang.foreign.MemorySegment;

/**
 * Do what the driver needs of one device, on one stream. All calls come from the thread that opened it. Calls on the stream return at
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

    /** Load PTX, compiling it for the device. */
    void load(String ptx);

    /** Return a kernel of the loaded PTX. */
    Function function(String name);

    void launch(Function function, int gridX, int gridY, int threads, ParamBlock params);

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
