package pie.engine.process;

/** Identify the user that a process belongs to. */
public record OwnerId(String value) {
    /** Whoever uses an engine without authentication. */
    public static final OwnerId LOCAL = new OwnerId("local");
}
