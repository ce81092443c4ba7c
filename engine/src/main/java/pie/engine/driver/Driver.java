package pie.engine.driver;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import pie.engine.ErrorCode;
import pie.engine.PieException;

/**
 * Run forward passes on one device with one page pool. All methods but {@link #status} and {@link #supplyLate} are called by the engine loop
 * alone.
 */
public interface Driver extends AutoCloseable {
    /** How long the rest of a step waits for late masks once its layers have run. */
    Duration LATE_PATIENCE = Duration.ofMillis(1);

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

    /**
     * Give the mask of a draw that its batch marks as {@code late}; any thread, before or after the step is submitted. What comes too late is
     * dropped, and the draw's status is {@link ForwardResult#LATE}.
     *
     * @param mask bit set of vocabSize bits, set = allowed; must stay as it is until the step has ended
     */
    default void supplyLate(long step, int draw, long[] mask) {
        throw new PieException(ErrorCode.UNSUPPORTED, "the driver takes no late masks");
    }

    /**
     * Load an adapter under a number of 1 .. {@code maxAdapters}, in the place of another if one has it; ordered after every earlier and before
     * every later {@link #submit}. A fault leaves the number without an adapter, and requests that name it fail their step.
     */
    default void loadAdapter(int number, LoraAdapter adapter, AdapterSink sink) {
        sink.failed(number, new DriverFault("the driver takes no adapters", false, null));
    }

    /** Take an adapter away; ordered as {@link #loadAdapter}. */
    default void unloadAdapter(int number, AdapterSink sink) {
        sink.failed(number, new DriverFault("the driver takes no adapters", false, null));
    }

    /** Say whether pages lie in memory of the device's own, beside which host memory has room for more. */
    default boolean ownMemory() {
        return false;
    }

    /** Try to end a submitted step early; its sink is called in any case. */
    void cancel(long step);

    /** Return the device's state; callable from any thread, never blocks. */
    DeviceStatus status();

    /**
     * Finish the submitted steps, end the driver's threads and free its memory. No sink is called once this has returned; those of copies
     * have been. Closing it again does nothing.
     */
    @Override
    void close();
}
