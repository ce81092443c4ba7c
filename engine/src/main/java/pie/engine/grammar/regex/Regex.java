package pie.engine.grammar.regex;

import pie.engine.PieException;
import pie.engine.grammar.automaton.Budget;
import pie.engine.grammar.automaton.Determinizer;
import pie.engine.grammar.automaton.Dfa;
import pie.engine.grammar.automaton.Minimizer;
import pie.engine.grammar.automaton.Nfa;
import pie.engine.grammar.expr.CodePoints;

/** Turn patterns into minimal automata over code points. */
public final class Regex {
    private final Nfa nfa;
    private final boolean search;

    private Regex(Nfa nfa, boolean search) {
        this.nfa = nfa;
        this.search = search;
    }

    /**
     * Return the texts that the pattern matches as a whole; {@code ^} and {@code $} say nothing then and are passed over.
     *
     * @throws PieException INVALID_ARGUMENT for syntax, UNSUPPORTED for what no automaton can do; details {@code line}, {@code column}
     */
    public static Dfa whole(String pattern, Budget budget) {
        return compile(pattern, false, budget);
    }

    /** Return the texts in which the pattern is found somewhere. Errors as {@link #whole}. */
    public static Dfa search(String pattern, Budget budget) {
        return compile(pattern, true, budget);
    }

    private static Dfa compile(String pattern, boolean search, Budget budget) {
        RegexNode node = RegexParser.parse(pattern);
        Nfa nfa = new Nfa(budget);
        Regex regex = new Regex(nfa, search);
        if (search) {
            int before = nfa.add();
            int found = nfa.add();
            nfa.move(nfa.start(), before);
            regex.chars(CodePoints.ALL, before, before);
            regex.build(node, before, found);
            regex.chars(CodePoints.ALL, found, found);
            nfa.move(found, nfa.end());
        } else {
            regex.build(node, nfa.start(), nfa.end());
        }
        return Minimizer.minimize(Determinizer.determinize(nfa, budget));
    }

    private void build(RegexNode node, int from, int to) {
        switch (node) {
            case RegexNode.Chars chars -> chars(chars.set(), from, to);
            case RegexNode.Choice choice -> choice.parts().forEach(part -> build(part, from, to));
            case RegexNode.Repeat repeat ->
                nfa.repeat((a, b) -> build(repeat.part(), a, b), repeat.least(), repeat.most(), from, to);
            case RegexNode.Anchor anchor -> {
                if (!search) {
                    nfa.move(from, to);
                } else if (anchor.end()) {
                    nfa.moveAtEnd(from, to);
                } else {
                    nfa.moveAtStart(from, to);
                }
            }
            case RegexNode.Sequence sequence -> {
                int at = from;
                for (RegexNode part : sequence.parts()) {
                    int next = nfa.add();
                    build(part, at, next);
                    at = next;
                }
                nfa.move(at, to);
            }
        }
    }

    private void chars(CodePoints set, int from, int to) {
        for (int i = 0; i < set.rangeCount(); i++) {
            nfa.edge(from, set.low(i), set.high(i), to);
        }
    }
}
