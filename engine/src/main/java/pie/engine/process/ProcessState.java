package pie.engine.process;

import java.util.Locale;

/** Name the states of a process; the last four are final. */
public enum ProcessState {
    QUEUED,
    STARTING,
    RUNNING,
    STOPPING,
    COMPLETED,
    FAILED,
    CANCELLED,
    EXHAUSTED;

    public boolean ended() {
        return ordinal() >= COMPLETED.ordinal();
    }

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
