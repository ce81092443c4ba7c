package pie.engine.process;

import java.util.UUID;

/** Identify a process; a UUIDv4, lower case on the wire. */
public record ProcessId(UUID value) {
    public static ProcessId random() {
        return new ProcessId(UUID.randomUUID());
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
