package pie.inferlet;

import java.util.BitSet;
import java.util.Optional;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.grammar.Matcher;

/** Follow a grammar here, where it stands beside constraints of the program's own; else the engine does it by itself. */
final class FollowedGrammar implements Constraint {
    private final Matcher matcher;
    private final int[] stops;

    /** @param stops the ids that end a text, in place of the grammar's own */
    FollowedGrammar(Matcher matcher, int[] stops) {
        this.matcher = matcher.fork();
        this.stops = stops;
    }

    @Override
    public Mask step(int[] accepted) {
        matcher.acceptAll(accepted);
        long[] words = new long[matcher.words()];
        matcher.mask(words);
        matcher.grammar().index().clearStops(words);
        if (matcher.canEnd()) {
            for (int stop : stops) {
                words[stop >> 6] |= 1L << stop;
            }
        }
        return Mask.of(BitSet.valueOf(words));
    }

    /** @throws PieException GRAMMAR_VIOLATION if the grammar refuses one of the tokens */
    void check(int[] tokens) {
        matcher.fork().acceptAll(tokens);
    }

    boolean allows(int token) {
        try {
            check(new int[] {token});
            return true;
        } catch (PieException e) {
            if (e.code() == ErrorCode.GRAMMAR_VIOLATION) {
                return false;
            }
            throw e;
        }
    }

    boolean canEnd() {
        return matcher.canEnd();
    }

    @Override
    public Optional<Constraint> fork() {
        return Optional.of(new FollowedGrammar(matcher, stops));
    }
}
