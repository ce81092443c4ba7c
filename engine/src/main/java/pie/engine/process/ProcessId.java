package pie.engine.process;

import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/** Identify a process; a UUIDv4, lower case on the wire. */
public record ProcessId(UUID value) {
    private static final Pattern FORM = Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

    public static ProcessId random() {
        return new ProcessId(UUID.randomUUID());
    }

    /** Read the form of the wire; empty for any other text. */
    public static Optional<ProcessId> parse(String text) {
        return FORM.matcher(text).matches() ? Optional.of(new ProcessId(UUID.fromString(text))) : Optional.empty();
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
