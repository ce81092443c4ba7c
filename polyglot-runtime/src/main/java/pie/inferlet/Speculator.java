package pie.inferlet;

import java.util.List;
import pie.engine.PieException;

/**
 * Guess the tokens that come next, so that one pass checks several. The text is the same as without; only the number of passes is
 * not. A program's own is asked before each step, on the program's thread.
 */
@FunctionalInterface
public interface Speculator {
    /** Return the next drafts, a chain after the last token; empty for none. */
    Draft draft();

    /** Learn of the tokens of a step, drafts that held included, or of those that the program accepted itself. */
    default void accept(int[] tokens) {}

    /** Learn that the last n drafts were rejected. */
    default void rollback(int n) {}

    /** Learn that the generation is over. */
    default void reset() {}

    /**
     * Hold drafts.
     *
     * @param positions one for each token, or none: the engine derives them itself
     * @param distributions what each token was drawn from, or none. Drafts are verified by drawing and comparing either way
     */
    record Draft(int[] tokens, int[] positions, List<Output.Distribution> distributions) {
        public static final Draft NONE = of();

        public Draft {
            if (positions.length != 0 && positions.length != tokens.length) {
                throw PieException.invalid("draft: got " + tokens.length + " tokens and " + positions.length
                        + " positions; give one position per token");
            }
            if (!distributions.isEmpty() && distributions.size() != tokens.length) {
                throw PieException.invalid("draft: got " + tokens.length + " tokens and " + distributions.size()
                        + " distributions; give one per token, or none");
            }
        }

        public static Draft of(int... tokens) {
            return new Draft(tokens, new int[0], List.of());
        }
    }
}
