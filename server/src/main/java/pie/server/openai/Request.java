package pie.server.openai;

import java.util.List;
import pie.engine.Engine;

/** Stand for a request that was read and checked, whatever its route. */
interface Request {
    Engine engine();

    Asked asked();

    /** Return the name that the request has in lists of processes. */
    String program();

    int promptTokens();

    /** Return how many generations run for it. */
    int branches();

    /** Start them all; those of one prompt go on from the same pages. */
    void start(Branches branches);

    /** Make the readers of the generations. */
    List<Choice> choices();

    /** Choose the generations that are answered. */
    default List<Choice> answered(List<Choice> all) {
        return all;
    }

    String idPrefix();

    Shape shape(Head head);
}
