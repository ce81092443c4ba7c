package pie.engine.grammar;

import java.time.Duration;

/**
 * Bound one compilation.
 *
 * @param time from its beginning
 * @param states of all automata made on the way
 * @param memoryBytes of the compiled grammar
 */
public record GrammarLimits(Duration time, int states, long memoryBytes) {
    public static final GrammarLimits DEFAULT = new GrammarLimits(Duration.ofSeconds(2), 1 << 18, 64L << 20);
}
