package pie.engine.grammar;

import java.util.Map;
import java.util.function.LongSupplier;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.grammar.automaton.Budget;

/** Hold one compilation to its {@link GrammarLimits}. */
final class CompileBudget implements Budget {
    private static final int STATES_BETWEEN_LOOKS = 256;

    private final GrammarLimits limits;
    private final LongSupplier nanoTime;
    private final long begun;
    private long states;
    private long looked;

    CompileBudget(GrammarLimits limits, LongSupplier nanoTime) {
        this.limits = limits;
        this.nanoTime = nanoTime;
        this.begun = nanoTime.getAsLong();
    }

    @Override
    public void spend(int made) {
        states += made;
        if (states > limits.states()) {
            throw exceeded("states", limits.states() + " automaton states", limits.states());
        }
        if (made == 0 || states - looked >= STATES_BETWEEN_LOOKS) {
            looked = states;
            if (nanoTime.getAsLong() - begun > limits.time().toNanos()) {
                throw exceeded(
                        "milliseconds",
                        limits.time().toMillis() + " ms of compilation",
                        limits.time().toMillis());
            }
        }
    }

    void memory(long bytes) {
        if (bytes > limits.memoryBytes()) {
            throw exceeded("bytes", (limits.memoryBytes() >> 20) + " MiB of memory", limits.memoryBytes());
        }
    }

    private static PieException exceeded(String unit, String figure, long limit) {
        return new PieException(
                ErrorCode.UNSUPPORTED,
                "the grammar needs more than " + figure + ": make counted repetitions smaller or the grammar simpler",
                Map.of("limit", limit, "unit", unit));
    }
}
