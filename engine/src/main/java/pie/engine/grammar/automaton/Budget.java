package pie.engine.grammar.automaton;

/** Count what a compilation makes, and end it where it would make too much. */
public interface Budget {
    /** Lets everything pass. */
    Budget UNLIMITED = states -> {};

    /**
     * Take note of {@code states} automaton states made, or of none to let time be looked at.
     *
     * @throws pie.engine.PieException UNSUPPORTED once a limit is passed, with the figure
     */
    void spend(int states);
}
