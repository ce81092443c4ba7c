package pie.engine.schedule;

/** Rank the works, and see to it that those that are granted find their slots. */
public interface Order {
    /** Decide for one step. Slots for all rows of every granted work are then available, to be handed out slice by slice. */
    void clear();

    /** Return how many works are granted. */
    int size();

    /** Return the granted work at a place, best first. */
    Work granted(int place);

    /** Return how many of the granted works, from the first, go before all others, within their share of the batch. */
    int ahead();

    /** Return the rows of a step that works which go ahead may take, beyond the first of them. */
    int rowsAhead(int maxTokens);
}
