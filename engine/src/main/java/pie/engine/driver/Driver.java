package pie.engine.driver;

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

    /** Try to end a submitted step early; its sink is called in any case. */
    void cancel(long step);

    /** Return the device's state; callable from any thread, never blocks. */
    DeviceStatus status();

    /** Finish the submitted steps, end the driver's threads and free its memory. */
    @Override
    void close();
}
