package pie.engine.schedule;

import pie.engine.PieException;
import pie.engine.adapter.Adapter;

/** Give the numbers under which the driver knows adapters. */
public interface AdapterNumbers {
    /** Say that a new step is planned: what was used by the one before may make room. */
    void begin();

    /**
     * Return an adapter's number, which it keeps at least for this step; 0 if it is on its way, or waits for another to make room.
     *
     * @throws PieException DRIVER_FAILURE, once, if the driver could not load it
     */
    int number(Adapter adapter);
}
