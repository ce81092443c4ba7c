package pie.engine.driver;

/** Receive the end of a step, on a driver thread; must only enqueue. */
public interface StepSink {
    void done(ForwardBatch batch, ForwardResult result);

    void failed(ForwardBatch batch, DriverFault fault);
}
