package pie.engine.driver;

/** Receive the end of loading or unloading an adapter, on a driver thread; must only enqueue. */
public interface AdapterSink {
    void done(int number);

    void failed(int number, DriverFault fault);
}
