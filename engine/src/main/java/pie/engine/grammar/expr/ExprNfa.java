package pie.engine.grammar.expr;

import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.grammar.automaton.Budget;
import pie.engine.grammar.automaton.Dfa;
import pie.engine.grammar.automaton.Nfa;

/** Build the nondeterministic automaton of one expression over {@link Symbols}. */
public final class ExprNfa {
    private final Nfa nfa;

    private ExprNfa(Nfa nfa) {
        this.nfa = nfa;
    }

    public static Nfa of(Expr body, Budget budget) {
        Nfa nfa = new Nfa(budget);
        new ExprNfa(nfa).build(body, nfa.start(), nfa.end());
        return nfa;
    }

    private void build(Expr expr, int from, int to) {
        switch (expr) {
            case Expr.Empty ignored -> nfa.move(from, to);
            case Expr.Never ignored -> {}
            case Expr.Bytes text -> bytes(text.bytes(), from, to);
            case Expr.Chars chars -> chars(chars.set(), from, to);
            case Expr.Words words -> words(words.automaton(), words.spelling(), from, to);
            case Expr.Call call -> nfa.edge(from, Symbols.call(call.rule()), Symbols.call(call.rule()), to);
            case Expr.Token token -> nfa.edge(from, Symbols.token(token.id()), Symbols.token(token.id()), to);
            case Expr.Choice choice -> choice.parts().forEach(part -> build(part, from, to));
            case Expr.Repeat repeat ->
                nfa.repeat((a, b) -> build(repeat.part(), a, b), repeat.least(), repeat.most(), from, to);
            case Expr.Series series -> series(series, from, to);
            case Expr.Sequence sequence -> {
                int at = from;
                for (int i = 0; i < sequence.parts().size(); i++) {
                    int next = i + 1 < sequence.parts().size() ? nfa.add() : to;
                    build(sequence.parts().get(i), at, next);
                    at = next;
                }
            }
            case Expr.Quoted ignored ->
                throw new PieException(ErrorCode.INTERNAL, "a quoted expression must be the whole body of a rule");
        }
    }

    private void bytes(byte[] text, int from, int to) {
        int at = from;
        for (int i = 0; i < text.length; i++) {
            int next = i + 1 < text.length ? nfa.add() : to;
            nfa.edge(at, text[i] & 0xff, text[i] & 0xff, next);
            at = next;
        }
    }

    private void chars(CodePoints set, int from, int to) {
        for (int i = 0; i < set.rangeCount(); i++) {
            spell(set.low(i), set.high(i), Spelling.PLAIN, from, to);
        }
    }

    private void spell(int low, int high, Spelling spelling, int from, int to) {
        for (int[] sequence : spelling.spell(low, high)) {
            int at = from;
            for (int i = 0; i < sequence.length; i += 2) {
                int next = i + 2 < sequence.length ? nfa.add() : to;
                nfa.edge(at, sequence[i], sequence[i + 1], next);
                at = next;
            }
        }
    }

    private void words(Dfa automaton, Spelling spelling, int from, int to) {
        int first = nfa.add();
        for (int i = 1; i < automaton.size(); i++) {
            nfa.add();
        }
        nfa.move(from, first);
        for (int state = 0; state < automaton.size(); state++) {
            int[] row = automaton.edges()[state];
            for (int e = 0; e < row.length; e += 3) {
                spell(row[e], row[e + 1], spelling, first + state, first + row[e + 2]);
            }
            if (automaton.isFinal(state)) {
                nfa.move(first + state, to);
            }
        }
    }

    /**
     * Two lines of states run side by side: on one no member was written yet, on the other at least one. Each member is built once
     * and entered from either, from the second through a separator.
     */
    private void series(Expr.Series series, int from, int to) {
        int none = nfa.add();
        int some = nfa.add();
        nfa.move(from, none);
        for (int i = 0; i < series.members().size(); i++) {
            int member = nfa.add();
            int nextNone = nfa.add();
            int nextSome = nfa.add();
            nfa.move(none, member);
            build(series.separator(), some, member);
            build(series.members().get(i), member, nextSome);
            if (!series.required().get(i)) {
                nfa.move(none, nextNone);
                nfa.move(some, nextSome);
            }
            none = nextNone;
            some = nextSome;
        }
        if (!(series.extra() instanceof Expr.Never)) {
            int extra = nfa.add();
            nfa.move(none, extra);
            build(series.separator(), some, extra);
            build(series.extra(), extra, some);
        }
        nfa.move(none, to);
        nfa.move(some, to);
    }
}
