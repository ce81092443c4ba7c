package pie.engine.grammar;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import pie.engine.ErrorCode;
import pie.engine.PieException;

/**
 * Follow a text of tokens through a grammar: which tokens may come next, whether the text may end. Holds scratch space: not safe for
 * use from several threads; the states that it passes through are immutable and may be matched on by another matcher.
 */
public final class Matcher {
    private static final int LONGEST_JUMP = 4096;

    private final Grammar grammar;
    private final TokenIndex index;
    private final Stepper stepper;
    private final MaskBuilder builder;
    private MatchState state;
    private long @Nullable [] scratch;

    public Matcher(Grammar grammar) {
        this.grammar = grammar;
        this.index = grammar.index();
        this.stepper = new Stepper(grammar.automaton());
        this.builder = new MaskBuilder(grammar, stepper);
        this.state = new MatchState(stepper.start());
    }

    private Matcher(Grammar grammar, MatchState state) {
        this.grammar = grammar;
        this.index = grammar.index();
        this.stepper = new Stepper(grammar.automaton());
        this.builder = new MaskBuilder(grammar, stepper);
        this.state = state;
    }

    public Grammar grammar() {
        return grammar;
    }

    public MatchState state() {
        return state;
    }

    /** Go on from a state that a matcher of the same grammar gave. */
    public void move(MatchState to) {
        state = to;
    }

    /** Return the length of a mask in 64-bit words. */
    public int words() {
        return index.words();
    }

    /**
     * Write the tokens that may come next: bit {@code id & 63} of word {@code id >> 6}. All of the first {@link #words} words are
     * written; none is set once the matcher has terminated.
     */
    public void mask(long[] mask) {
        @Nullable Stacks stacks = state.stacks();
        if (stacks == null) {
            Arrays.fill(mask, 0, words(), 0);
        } else {
            builder.mask(stacks, mask);
        }
    }

    /** Write the mask as {@link #mask} does if it is remembered from before; else return false, and what was written says nothing. */
    public boolean maskIfKnown(long[] mask) {
        @Nullable Stacks stacks = state.stacks();
        if (stacks == null) {
            Arrays.fill(mask, 0, words(), 0);
            return true;
        }
        return builder.maskIfKnown(stacks, mask);
    }

    /** Write the mask anew from the grammar, past all remembered masks of whole stacks. For tests and measurements. */
    void maskUncached(long[] mask) {
        @Nullable Stacks stacks = state.stacks();
        if (stacks != null) {
            builder.build(stacks, mask);
        }
    }

    /** Accept one token. Returns false, and stays as it is, if the token may not come next. */
    public boolean accept(int token) {
        @Nullable MatchState next = after(state, token);
        if (next == null) {
            return false;
        }
        state = next;
        return true;
    }

    /**
     * Accept tokens, all or none.
     *
     * @throws PieException GRAMMAR_VIOLATION naming the first token that may not come next
     */
    public void acceptAll(int... tokens) {
        MatchState at = state;
        for (int i = 0; i < tokens.length; i++) {
            @Nullable MatchState next = after(at, tokens[i]);
            if (next == null) {
                throw new PieException(
                        ErrorCode.GRAMMAR_VIOLATION,
                        "token " + tokens[i] + " (number " + i + ") is not allowed by the grammar here; none of the "
                                + tokens.length + " tokens was accepted",
                        Map.of("token", tokens[i], "index", i));
            }
            at = next;
        }
        state = at;
    }

    /** Return whether the token may come next. */
    public boolean allows(int token) {
        return after(state, token) != null;
    }

    private @Nullable MatchState after(MatchState from, int token) {
        @Nullable Stacks stacks = from.stacks();
        if (stacks == null || token < 0 || token >= index.vocabSize()) {
            return null;
        }
        if (stacks.canEnd() && index.isStop(token)) {
            return new MatchState(null, from);
        }
        @Nullable Stacks next = stepper.stepToken(stacks, token);
        byte[] bytes = index.bytes(token);
        if (bytes.length > 0) { // a token named by its id may be text as well
            next = stepper.union(next, text(stacks, bytes));
        }
        return next == null ? null : new MatchState(next, from);
    }

    private @Nullable Stacks text(Stacks stacks, byte[] bytes) {
        @Nullable Stacks next = stacks;
        for (int i = 0; i < bytes.length && next != null; i++) {
            next = stepper.step(next, bytes[i] & 0xff);
        }
        return next;
    }

    public boolean canEnd() {
        return state.canEnd();
    }

    public boolean isTerminated() {
        return state.isTerminated();
    }

    /** Return how many tokens were accepted and not rolled back. */
    public int length() {
        return state.length();
    }

    /** Return the only token that may come next, -1 if there are several or none. */
    public int forcedToken() {
        long[] mask = scratch == null ? new long[words()] : scratch;
        scratch = mask;
        mask(mask);
        int forced = -1;
        for (int i = 0; i < mask.length; i++) {
            if (mask[i] != 0) {
                if (forced >= 0 || Long.bitCount(mask[i]) > 1) {
                    return -1;
                }
                forced = i << 6 | Long.numberOfTrailingZeros(mask[i]);
            }
        }
        return forced;
    }

    /** Return the longest run of bytes that every continuation begins with, empty where the text may end. */
    public byte[] jumpForward() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        @Nullable Stacks at = state.stacks();
        while (at != null && !at.canEnd() && bytes.size() < LONGEST_JUMP) {
            int only = onlyByte(at);
            if (only < 0) {
                break;
            }
            bytes.write(only);
            at = stepper.step(at, only);
        }
        return bytes.toByteArray();
    }

    private int onlyByte(Stacks stacks) {
        Automaton automaton = grammar.automaton();
        int only = -1;
        for (int i = 0; i < stacks.size(); i++) {
            long from = stacks.states()[i];
            int place = Automaton.place(from);
            if (automaton.tokenCount(place) > 0) {
                return -1;
            }
            for (int word = 0; word < 4; word++) {
                for (long bits = automaton.bits(place, word); bits != 0; bits &= bits - 1) {
                    int b = word << 6 | Long.numberOfTrailingZeros(bits);
                    if (b != only && automaton.next(from, b) != Automaton.NONE) {
                        if (only >= 0) {
                            return -1;
                        }
                        only = b;
                    }
                }
            }
        }
        return only;
    }

    /** Return a matcher at the same state that goes its own way. */
    public Matcher fork() {
        return new Matcher(grammar, state);
    }

    /**
     * Undo the last {@code tokens} tokens.
     *
     * @throws PieException INVALID_ARGUMENT if fewer were accepted
     */
    public void rollback(int tokens) {
        if (tokens < 0 || tokens > state.length()) {
            throw PieException.invalid("rollback of " + tokens + " tokens: 0 to " + state.length() + " can be undone");
        }
        state = state.at(state.length() - tokens);
    }

    public void reset() {
        state = state.at(0);
    }
}
