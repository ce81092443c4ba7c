package pie.engine.driver;

import java.lang.foreign.MemorySegment;

/** Run forward passes on one device with one page pool. All methods but {@link #status} are called by the engine loop alone. */
public interface Driver extends AutoCloseable {
    /** Return what this driver can do; constant after open. */
    DriverCapabilities capabilities();

    /** Return a new batch with room for the limits of {@link #capabilities}. */
    ForwardBatch newBatch();

    /** Queue a step and return at once; {@code sink} is called exactly once. */
    void submit(ForwardBatch batch, StepSink sink);

    /** Copy pages inside the pool, ordered after every earlier and before every later {@link #submit}. */
    void copyPages(CopyList list, CopySink sink);

    /**
     * Copy pages out: page {@code from[i]} to place {@code to[i]}, in whole pages, of {@code bytes}; ordered after every earlier and
     * before every later {@link #submit}. A driver that cannot move pages fails the copy, and the engine computes rows again instead.
     */
    default void readPages(CopyList list, MemorySegment bytes, CopySink sink) {
        sink.failed(list, new DriverFault("the driver does not read pages", false, null));
    }

    /** Copy pages in: place {@code from[i]}, in whole pages, of {@code bytes} to page {@code to[i]}; ordered as {@link #readPages}. */
    default void writePages(MemorySegment bytes, CopyList list, CopySink sink) {
        sink.failed(list, new DriverFault("the driver does not write pages", false, null));
    }

    /** Try to end a submitted step early; its sink is called in any case. */
    void cancel(long step);

    /** Return the device's state; callable from any thread, never blocks. */
    DeviceStatus status();

    /** Finish the submitted steps, end the driver's threads and free its memory. */
    @Override
    void close();
}
