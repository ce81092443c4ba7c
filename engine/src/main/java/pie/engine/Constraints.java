package pie.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import pie.engine.generate.FinishReason;
import pie.engine.grammar.Matcher;

/**
 * Follow the grammars of one generation: each plan's matcher is forked when it is attached, and goes on with each kept token. The mask
 * of a step is the intersection of all; stop tokens are legal exactly where every grammar may end.
 */
final class Constraints {
    static final Constraints NONE = new Constraints(List.of(), 0, null);

    /** @param attached tokens kept, and tokens the matcher had accepted, when it was attached */
    private record Followed(Matcher source, Matcher matcher, int kept, int attached) {}

    private final List<Followed> all = new ArrayList<>();
    private final long[] mask;
    private final long[] scratch;

    /**
     * @param sources matchers, each followed once however often it is named
     * @param before matchers that were followed until now; those that stay go on from where they are
     */
    Constraints(List<Matcher> sources, int kept, @Nullable Constraints before) {
        for (Matcher source : sources) {
            if (known(source) == null) {
                Followed one = before == null ? null : before.known(source);
                all.add(one == null ? attached(source, kept) : one);
            }
        }
        int words = sources.isEmpty() ? 0 : sources.getFirst().words();
        this.mask = new long[words];
        this.scratch = new long[words];
    }

    private static Followed attached(Matcher source, int kept) {
        return new Followed(source, source.fork(), kept, source.length());
    }

    private @Nullable Followed known(Matcher source) {
        for (Followed one : all) {
            if (one.source() == source) {
                return one;
            }
        }
        return null;
    }

    /** Return a copy that shares nothing which somebody may still be writing. */
    Constraints forked() {
        Constraints copy = new Constraints(List.of(), 0, null);
        for (Followed one : all) {
            copy.all.add(new Followed(one.source(), one.matcher().fork(), one.kept(), one.attached()));
        }
        return copy;
    }

    boolean none() {
        return all.isEmpty();
    }

    /** Write the mask if all of it is remembered from before. */
    boolean prepareIfKnown(long @Nullable [] fixed, int[] stops) {
        Arrays.fill(mask, -1);
        for (Followed one : all) {
            if (!one.matcher().maskIfKnown(scratch)) {
                return false;
            }
            and(scratch);
        }
        finish(fixed, stops);
        return true;
    }

    /** Write the mask, however long it takes. */
    void prepare(long @Nullable [] fixed, int[] stops) {
        Arrays.fill(mask, -1);
        for (Followed one : all) {
            one.matcher().mask(scratch);
            and(scratch);
        }
        finish(fixed, stops);
    }

    private void and(long[] other) {
        for (int i = 0; i < mask.length; i++) {
            mask[i] &= i < other.length ? other[i] : 0;
        }
    }

    /** The grammar's own stop tokens give way to those of the plan. */
    private void finish(long @Nullable [] fixed, int[] stops) {
        for (Followed one : all) {
            one.matcher().grammar().index().clearStops(mask);
        }
        if (canEnd()) {
            for (int stop : stops) {
                mask[stop >> 6] |= 1L << stop;
            }
        }
        if (fixed != null) {
            and(fixed);
        }
    }

    private boolean canEnd() {
        for (Followed one : all) {
            if (!one.matcher().canEnd()) {
                return false;
            }
        }
        return true;
    }

    long[] mask() {
        return mask;
    }

    /**
     * Return {@code CONSTRAINT} if the prepared mask leaves nothing but to stop, null if the generation may go on.
     *
     * @throws PieException GRAMMAR_VIOLATION if it leaves nothing at all where the text may not end
     */
    @Nullable
    FinishReason end(int[] stops) {
        System.arraycopy(mask, 0, scratch, 0, mask.length);
        for (int stop : stops) {
            scratch[stop >> 6] &= ~(1L << stop);
        }
        for (long word : scratch) {
            if (word != 0) {
                return null;
            }
        }
        if (!canEnd()) {
            throw new PieException(
                    ErrorCode.GRAMMAR_VIOLATION,
                    "the constraints leave no token to go on with, and the text may not end here");
        }
        return FinishReason.CONSTRAINT;
    }

    /** Return the token that the prepared mask allows if it is one alone, else -1. */
    int only() {
        int found = -1;
        for (int i = 0; i < mask.length; i++) {
            if (mask[i] != 0) {
                if (found >= 0 || Long.bitCount(mask[i]) > 1) {
                    return -1;
                }
                found = i * Long.SIZE + Long.numberOfTrailingZeros(mask[i]);
            }
        }
        return found;
    }

    /** @throws PieException GRAMMAR_VIOLATION if a grammar refuses one of the tokens; nothing is changed */
    void check(int[] tokens, int count) {
        for (Followed one : all) {
            one.matcher().fork().acceptAll(Arrays.copyOf(tokens, count));
        }
    }

    /** Go on with a kept token. @throws PieException GRAMMAR_VIOLATION */
    void accept(int token) {
        for (int i = 0; i < all.size(); i++) {
            all.get(i).matcher().acceptAll(token);
        }
    }

    /** Go back to the first {@code kept} tokens of the generation. */
    void rollBack(int kept) {
        for (Followed one : all) {
            int wanted = one.attached() + Math.max(0, kept - one.kept());
            one.matcher().rollback(Math.max(0, one.matcher().length() - wanted));
        }
    }
}
