package pie.engine.trace;

/** Name what an {@link Entry} is about. */
public enum Lane {
    /** What the process is at: each moment of its life is in one span of this lane. */
    LIFE,
    /** Calls into the API, in what {@link #LIFE} calls guest. */
    CALLS,
    /** What was asked for and waited for, now or later: generations, passes, messages, answers of other hosts. May overlap. */
    OPERATIONS,
    /** Steps that its rows were in. */
    STEPS,
    /** Waits for pages, pages lost and brought back. */
    MEMORY,
    /** What came out. */
    OUTPUT
}
