package pie.engine.grammar;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Work masks out by walking the token trie. Holds scratch space: not safe for use from several threads. */
final class MaskBuilder {
    private static final int ALL_ALIKE = Integer.MAX_VALUE;
    private static final int NOT_ALIKE = -1;

    /** Deeper stacks are walked each time. */
    private static final int DEEPEST_KEY = 12;

    private final Grammar grammar;
    private final Automaton automaton;
    private final TokenIndex index;
    private final Stepper stepper;
    private final MaskKey key = new MaskKey();
    private final long[] scratch;
    private final Ints exits = new Ints();

    private TokenTrie trie;
    private long[] out;

    private long lastState = Automaton.NONE;
    private @Nullable StackNode lastNode;
    private @Nullable Stacks lastStacks;

    MaskBuilder(Grammar grammar, Stepper stepper) {
        this.grammar = grammar;
        this.automaton = grammar.automaton();
        this.index = grammar.index();
        this.stepper = stepper;
        this.scratch = new long[index.words()];
        this.trie = index.all();
        this.out = scratch;
    }

    /** Write the tokens that may come next; all words are written. */
    void mask(Stacks stacks, long[] mask) {
        if (maskIfKnown(stacks, mask)) {
            return;
        }
        stepper.watch();
        build(stacks, mask);
        remember(stacks, mask);
        stepper.unwatch();
    }

    /** Write the tokens that may come next if they are remembered. */
    boolean maskIfKnown(Stacks stacks, long[] mask) {
        for (int depth = 0; depth <= DEEPEST_KEY && key.fill(automaton, stacks, depth, index.horizon()); depth++) {
            long @Nullable [] known = grammar.masks().find(key);
            if (known == null) {
                return false;
            }
            if (known != MaskCache.DEEPER) {
                System.arraycopy(known, 0, mask, 0, known.length);
                return true;
            }
        }
        return false;
    }

    private void remember(Stacks stacks, long[] mask) {
        int depth = 0;
        for (StackNode node : stacks.nodes()) {
            depth = Math.max(depth, depthSeen(node, 0));
        }
        if (depth > DEEPEST_KEY || !key.fill(automaton, stacks, depth, index.horizon())) {
            return;
        }
        grammar.masks().add(key, Arrays.copyOf(mask, index.words()));
        for (int d = 0; d < depth; d++) {
            key.fill(automaton, stacks, d, index.horizon());
            grammar.masks().add(key, MaskCache.DEEPER);
        }
    }

    /** Returns how deep below the node the walk looked at callers; over {@link #DEEPEST_KEY} once it is deeper than that. */
    private int depthSeen(StackNode node, int depth) {
        if (depth > DEEPEST_KEY || !stepper.wasSeen(node)) {
            return depth;
        }
        int deepest = depth + 1;
        for (int i = 0; i < node.count() && deepest <= DEEPEST_KEY; i++) {
            deepest = Math.max(deepest, depthSeen(node.caller(i), depth + 1));
        }
        return deepest;
    }

    /** Work the mask out without looking at remembered ones of whole stacks. */
    void build(Stacks stacks, long[] mask) {
        Arrays.fill(mask, 0, index.words(), 0);
        for (int i = 0; i < stacks.size(); i++) {
            long state = stacks.states()[i];
            StackNode node = stacks.nodes()[i];
            int place = Automaton.place(state);
            if ((automaton.flags(place) & Automaton.READS) != 0) {
                StateMask own = stateMask(state);
                own.addTo(mask);
                if (own.exits().length > 0 && node != StackNode.ROOT) {
                    leave(node, own, mask);
                }
            }
            for (int t = 0; t < automaton.tokenCount(place); t++) {
                int token = automaton.tokenId(place, t);
                mask[token >> 6] |= 1L << token;
            }
        }
        if (stacks.canEnd()) {
            for (int stop : index.stopIds()) {
                mask[stop >> 6] |= 1L << stop;
            }
        }
    }

    private void leave(StackNode node, StateMask from, long[] mask) {
        @Nullable Stacks after = stepper.returned(node);
        if (after == null || after.size() == 0) {
            return;
        }
        begin(from.trie(), mask);
        for (int exit : from.exits()) {
            walk(after, exit + 1, trie.end(exit));
        }
    }

    private void begin(TokenTrie walked, long[] into) {
        trie = walked;
        out = into;
        lastNode = null;
    }

    StateMask stateMask(long state) {
        StateMasks known = grammar.stateMasks(automaton.rule(Automaton.place(state)));
        long name = automaton.kindKey(state, index.horizon());
        @Nullable StateMask mask = known.find(name);
        if (mask == null) {
            mask = stateMaskOf(state);
            known.add(name, mask);
        }
        return mask;
    }

    private StateMask stateMaskOf(long state) {
        int alike = charactersAlike(state);
        begin(alike == NOT_ALIKE ? index.all() : index.notPlain(), scratch);
        Arrays.fill(scratch, 0);
        exits.clear();
        walk(state, StackNode.BOTTOM, 0, trie.size());
        int count = 0;
        for (long word : scratch) {
            count += Long.bitCount(word);
        }
        boolean list = count <= 2 * scratch.length;
        int[] tokens = new int[list ? count : 0];
        for (int w = 0, n = 0; list && w < scratch.length; w++) {
            for (long word = scratch[w]; word != 0; word &= word - 1) {
                tokens[n++] = w << 6 | Long.numberOfTrailingZeros(word);
            }
        }
        return new StateMask(
                alike > 0 ? index.plainUpTo(alike) : null,
                list ? null : scratch.clone(),
                tokens,
                trie,
                exits.trimmed());
    }

    /**
     * Returns how many plain characters the state reads in a row whichever they are, and no more than those; or {@link #NOT_ALIKE} if
     * it tells them apart or its rule may end or call between them.
     */
    private int charactersAlike(long state) {
        long at = state;
        for (int n = 0; n <= index.horizon(); n++) {
            long next = automaton.next(at, ' ');
            for (int b = 0x20; b < 0x80; b++) {
                if (b != '"' && b != '\\' && automaton.next(at, b) != next) {
                    return NOT_ALIKE;
                }
            }
            if (!wideAlike(at, next)) {
                return NOT_ALIKE;
            }
            if (next == Automaton.NONE) {
                return n;
            }
            if (automaton.flags(Automaton.place(next)) != Automaton.READS) {
                return NOT_ALIKE;
            }
            if (next == at) {
                return ALL_ALIKE;
            }
            RuleCode code = automaton.code(automaton.rule(Automaton.place(at)));
            if (code.kind() == RuleCode.Kind.QUOTED && Automaton.place(next) == Automaton.place(at)) {
                return code.most() == Integer.MAX_VALUE ? ALL_ALIKE : n + code.most() - Automaton.counter(at);
            }
            at = next;
        }
        return ALL_ALIKE;
    }

    private boolean wideAlike(long at, long target) {
        for (int b = 0x80; b < 0x100; b++) {
            long next = automaton.next(at, b);
            boolean lead = b >= 0xc2 && b < 0xf5;
            int more = b < 0xe0 ? 1 : b < 0xf0 ? 2 : 3;
            int low = b == 0xe0 ? 0xa0 : b == 0xf0 ? 0x90 : 0x80;
            int high = b == 0xed ? 0x9f : b == 0xf4 ? 0x8f : 0xbf;
            boolean alike = target == Automaton.NONE || !lead
                    ? next == Automaton.NONE
                    : next != Automaton.NONE && continuesTo(next, more, low, high, target);
            if (!alike) {
                return false;
            }
        }
        return true;
    }

    private boolean continuesTo(long at, int more, int low, int high, long target) {
        if (more == 0) {
            return at == target;
        }
        if (automaton.flags(Automaton.place(at)) != Automaton.READS) {
            return false;
        }
        // Continuation bytes with one target need be followed once only.
        long followed = Automaton.NONE;
        for (int b = low; b <= high; b++) {
            long next = automaton.next(at, b);
            if (next == Automaton.NONE || (next != followed && !continuesTo(next, more - 1, 0x80, 0xbf, target))) {
                return false;
            }
            followed = next;
        }
        return true;
    }

    private void walk(Stacks stacks, int from, int to) {
        if (stacks.size() == 1) {
            walk(stacks.states()[0], stacks.nodes()[0], from, to);
            return;
        }
        if (stacks.size() == 0) {
            return;
        }
        for (int node = from; node < to; node = trie.end(node)) {
            @Nullable Stacks next = stepper.step(stacks, trie.label(node));
            if (next != null) {
                descend(next, node);
            }
        }
    }

    private void walk(long state, StackNode stack, int from, int to) {
        for (int node = from; node < to; node = trie.end(node)) {
            long next = automaton.next(state, trie.label(node));
            if (next == Automaton.NONE) {
                continue;
            }
            if (automaton.flags(Automaton.place(next)) == Automaton.READS) {
                accept(node);
                if (node + 1 < trie.end(node)) {
                    walk(next, stack, node + 1, trie.end(node));
                }
                continue;
            }
            @Nullable Stacks closed = closed(next, stack);
            if (closed != null) {
                descend(closed, node);
            }
        }
    }

    private @Nullable Stacks closed(long state, StackNode stack) {
        if (lastState != state || lastNode != stack) {
            lastStacks = stepper.at(state, stack);
            lastState = state;
            lastNode = stack;
        }
        return lastStacks;
    }

    private void descend(Stacks stacks, int node) {
        accept(node);
        if (node + 1 < trie.end(node)) {
            if (stacks.atBottom()) {
                exits.add(node);
            }
            walk(stacks, node + 1, trie.end(node));
        }
    }

    private void accept(int node) {
        for (int token = trie.token(node); token >= 0; token = trie.twin(token)) {
            out[token >> 6] |= 1L << token;
        }
    }
}
