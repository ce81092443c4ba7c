package pie.engine.process;

import pie.engine.PieException;

/** Identify the user that a process belongs to. */
public record OwnerId(String value) {
    /** Whoever uses an engine without authentication. */
    public static final OwnerId LOCAL = new OwnerId("local");

    /** @throws PieException INVALID_ARGUMENT for a blank name */
    public OwnerId {
        if (value.isBlank()) {
            throw PieException.invalid("an owner needs a name");
        }
    }
}
