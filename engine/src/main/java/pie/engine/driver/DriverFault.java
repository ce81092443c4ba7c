package pie.engine.driver;

import org.jspecify.annotations.Nullable;

/** Say why a step or copy failed; {@code deviceLost} ends the driver, anything else only the work at hand. */
public record DriverFault(
        String message, boolean deviceLost, @Nullable Throwable cause) {}
