package pie.cuda.api;

import java.lang.foreign.MemorySegment;

/**
 * Copy memory beside the kernels: a second stream, in no order with the first but for the events that one waits for and the other
 * records. As {@link CudaApi} in all else.
 */
public interface CopyStream {
    void copyIn(long to, MemorySegment from, long bytes);

    void copyOut(MemorySegment to, long from, long bytes);

    void copy(long to, long from, long bytes);

    void record(CudaApi.Event event);

    /** Let what comes later on this stream wait for an event as it was recorded last. */
    void waitFor(CudaApi.Event event);

    void synchronize();
}
