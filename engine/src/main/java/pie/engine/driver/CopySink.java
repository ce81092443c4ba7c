package pie.engine.driver;

/** Receive the end of a page copy, on a driver thread; must only enqueue. */
public interface CopySink {
    void done(CopyList list);

    void failed(CopyList list, DriverFault fault);
}
