package pie.engine.market;

/** Say why a step has no rows of a work. */
public enum Missed {
    /** Its pages were not granted. */
    EXCLUDED,
    /** Its pages were on their way back from host memory. */
    RESTORING,
    /** Better-ranked works filled the step. */
    FULL,
    /** A limit of the driver was reached. */
    LIMIT,
    /** The mask of its next token, which is built off the loop, was not there yet. */
    MASK
}
