package pie.inferlet;

import java.util.BitSet;
import java.util.concurrent.CompletableFuture;

/** Follow tokens through a grammar. */
public final class Matcher {
    private final pie.engine.grammar.Matcher matcher;

    public Matcher(Grammar grammar, Tokenizer tokenizer) {
        this(new pie.engine.grammar.Matcher(grammar.host().await(grammar.on(tokenizer.engine()), "host")));
    }

    public static CompletableFuture<Matcher> createAsync(Grammar grammar, Tokenizer tokenizer) {
        return Futures.map(
                grammar.on(tokenizer.engine()), compiled -> new Matcher(new pie.engine.grammar.Matcher(compiled)));
    }

    private Matcher(pie.engine.grammar.Matcher matcher) {
        this.matcher = matcher;
    }

    pie.engine.grammar.Matcher engineMatcher() {
        return matcher;
    }

    /** Advance by all tokens, or by none. @throws PieException GRAMMAR_VIOLATION */
    public synchronized void acceptTokens(int... ids) {
        matcher.acceptAll(ids);
    }

    /** Return which tokens may come next. */
    public synchronized Mask nextTokenLogitMask() {
        long[] words = new long[matcher.words()];
        matcher.mask(words);
        return Mask.of(BitSet.valueOf(words));
    }

    /** Say whether a stop token was accepted. */
    public synchronized boolean isTerminated() {
        return matcher.isTerminated();
    }

    /** Return a copy that goes its own way. */
    public synchronized Matcher fork() {
        return new Matcher(matcher.fork());
    }

    /** Undo the last n tokens. @throws PieException INVALID_ARGUMENT if fewer were accepted */
    public synchronized void rollback(int n) {
        matcher.rollback(n);
    }

    /** Go back to the beginning. */
    public synchronized void reset() {
        matcher.reset();
    }
}
