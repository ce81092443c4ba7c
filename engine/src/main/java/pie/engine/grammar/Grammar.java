package pie.engine.grammar;

import java.util.List;

/** Hold one compiled grammar for one vocabulary. Immutable but for the masks that it remembers; safe for use from several threads. */
public final class Grammar {
    private final GrammarSource source;
    private final List<String> ignored;
    private final Automaton automaton;
    private final TokenIndex index;
    private final StateMasks[] stateMasks;
    private final MaskCache masks = new MaskCache();

    Grammar(GrammarSource source, List<String> ignored, Automaton automaton, TokenIndex index) {
        this.source = source;
        this.ignored = List.copyOf(ignored);
        this.automaton = automaton;
        this.index = index;
        this.stateMasks = new StateMasks[automaton.rules()];
        for (int rule = 0; rule < stateMasks.length; rule++) {
            RuleCode code = automaton.code(rule);
            stateMasks[rule] = code.callsNothing() ? index.sharedMasks(code) : new StateMasks();
        }
    }

    public GrammarSource source() {
        return source;
    }

    /** Return the places of keywords that a lenient compilation left out, as JSON pointers. */
    public List<String> ignored() {
        return ignored;
    }

    public TokenIndex index() {
        return index;
    }

    Automaton automaton() {
        return automaton;
    }

    StateMasks stateMasks(int rule) {
        return stateMasks[rule];
    }

    MaskCache masks() {
        return masks;
    }

    /** Return the bytes of memory held, masks remembered so far included. */
    public long memoryBytes() {
        long bytes = automaton.memoryBytes() + masks.memoryBytes();
        for (StateMasks rule : stateMasks) {
            bytes += rule.memoryBytes();
        }
        return bytes;
    }

    /** Return how many states the rules' automata have in all. */
    public int stateCount() {
        return automaton.places();
    }

    @Override
    public String toString() {
        return "Grammar[" + source.kind() + ", " + automaton.rules() + " rules, " + automaton.places() + " states]";
    }
}
