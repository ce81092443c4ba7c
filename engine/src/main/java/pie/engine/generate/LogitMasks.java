package pie.engine;

import org.jspecify.annotations.Nullable;
import pie.engine.generate.FinishReason;

/** Join masks of logits, and see what they leave. */
final class LogitMasks {
    private LogitMasks() {}

    /** Return what both allow; null stands for all tokens. */
    static long @Nullable [] both(long @Nullable [] one, long @Nullable [] other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        long[] both = one.clone();
        for (int i = 0; i < both.length; i++) {
            both[i] &= i < other.length ? other[i] : 0;
        }
        return both;
    }

    /**
     * Return {@code CONSTRAINT} if a mask leaves nothing but stop tokens, null if the generation may go on.
     *
     * @throws PieException GRAMMAR_VIOLATION if it leaves nothing at all
     */
    static @Nullable FinishReason end(long[] mask, int[] stops) {
        long[] others = mask.clone();
        boolean mayStop = false;
        for (int stop : stops) {
            mayStop |= (others[stop >> 6] >>> stop & 1) != 0;
            others[stop >> 6] &= ~(1L << stop);
        }
        for (long word : others) {
            if (word != 0) {
                return null;
            }
        }
        if (!mayStop) {
            throw new PieException(
                    ErrorCode.GRAMMAR_VIOLATION,
                    "the program's own constraint leaves no token to go on with, nor to stop with");
        }
        return FinishReason.CONSTRAINT;
    }
}
