package pie.cli;

import pie.engine.event.ProcessEvent;

/** Take the events of one process in order. */
public interface EventSink {
    void event(ProcessEvent event);

    /** Events were dropped before they could be read. */
    void gap(long dropped);
}
