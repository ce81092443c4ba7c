package pie.engine.driver;

import org.jspecify.annotations.Nullable;

/**
 * Say why a step or copy failed.
 *
 * @param deviceLost whether the driver is of no more use; anything else ends only the work at hand
 * @param notRun whether nothing of the step was run, as memory was short or it could not be launched: in parts it may run
 */
public record DriverFault(
        String message,
        boolean deviceLost,
        boolean notRun,
        @Nullable Throwable cause) {
    public DriverFault(String message, boolean deviceLost, @Nullable Throwable cause) {
        this(message, deviceLost, false, cause);
    }

    /** Say that a step was not run for want of memory or because it could not be launched. */
    public static DriverFault notRun(String message, @Nullable Throwable cause) {
        return new DriverFault(message, false, true, cause);
    }
}
