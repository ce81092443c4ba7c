package pie.cli;

import org.slf4j.bridge.SLF4JBridgeHandler;

/** Set how much pie and its libraries log to stderr; called before the first of them logs. */
public final class Logs {
    private Logs() {}

    /** @param verbosity how often {@code -v} was given: warnings, information, everything */
    public static void level(int verbosity) {
        System.setProperty("pie.log", verbosity == 0 ? "WARN" : verbosity == 1 ? "INFO" : "DEBUG");
        // Helidon logs through the JDK; its lines take the same way as all others.
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
    }
}
