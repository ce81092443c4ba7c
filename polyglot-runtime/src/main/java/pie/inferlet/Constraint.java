package pie.inferlet;

import java.util.Optional;

/**
 * Narrow what may be generated, step by step. A program may write its own: its code is then asked before each step, on the program's
 * thread.
 */
@FunctionalInterface
public interface Constraint {
    /** Return which tokens may come next, given the tokens since the last call; a mask without runs = no restriction. */
    Mask step(int[] accepted);

    /** Return a copy that goes its own way. Without a copy and without {@link #rollback} no tokens are drafted. */
    default Optional<Constraint> fork() {
        return Optional.empty();
    }

    /** Undo the last n tokens and return true; return false if that cannot be done, for 0 tokens too. */
    default boolean rollback(int n) {
        return false;
    }

    /** Say whether the text is complete: the generation then ends with reason {@code constraint}. */
    default boolean isTerminated() {
        return false;
    }
}
