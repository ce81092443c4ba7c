package pie.engine.generate;

import org.jspecify.annotations.Nullable;
import pie.engine.ErrorCode;
import pie.engine.PieException;

/** Join masks of logits, bits of the tokens that may be drawn, and see what they leave. */
public final class LogitMasks {
    private LogitMasks() {}

    /** Return what both allow; null stands for all tokens. */
    public static long @Nullable [] both(long @Nullable [] one, long @Nullable [] other) {
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
    public static @Nullable FinishReason end(long[] mask, int[] stops) {
        if (!leavesOnly(mask, stops)) {
            return null;
        }
        for (int stop : stops) {
            if ((mask[stop >> 6] >>> stop & 1) != 0) {
                return FinishReason.CONSTRAINT;
            }
        }
        throw new PieException(
                ErrorCode.GRAMMAR_VIOLATION,
                "the program's own constraint leaves no token to go on with, nor to stop with");
    }

    /** Say whether a mask allows none but these tokens, or none at all. */
    public static boolean leavesOnly(long[] mask, int[] tokens) {
        long[] others = mask.clone();
        for (int token : tokens) {
            others[token >> 6] &= ~(1L << token);
        }
        for (long word : others) {
            if (word != 0) {
                return false;
            }
        }
        return true;
    }
}
