package pie.engine;

/** Say when the engine drafts tokens for generations that ask for it. */
public enum Speculation {
    OFF,
    /** Where tokens come sooner that way, by what drafts and steps were like so far. */
    AUTO,
    /** Wherever there is something to draft, whatever it costs: for tests and measurements. */
    ALWAYS
}
