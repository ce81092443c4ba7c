package pie.engine.trace;

/** Name what makes programs slow without need; {@link Tally} counts it. */
public enum Pattern {
    /**
     * A context was begun with text that the process had had computed before: {@code amount} tokens of it once more, {@code other} of
     * them behind a beginning that had not been there before.
     */
    COMPUTED_AGAIN,
    /** A fork copied pages that were not committed: {@code amount} tokens in {@code other} pages. */
    COPIED_PAGE,
    /** A generation whose tokens a mask or grammar limits drafted {@code amount} tokens, of which {@code other} held. */
    DRAFTED_MASKED,
    /** A generation of any other kind did so. */
    DRAFTED,
    /** The program asked its client for something and waited {@code amount} nanoseconds for the answer. */
    ASKED_CLIENT
}
