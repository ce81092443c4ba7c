package pie.engine.generate;

import java.util.Locale;

/** Say why a generation ended. */
public enum FinishReason {
    STOP,
    LENGTH,
    STOP_STRING,
    CONSTRAINT,
    CLOSED;

    /** Return the name that programs see. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
