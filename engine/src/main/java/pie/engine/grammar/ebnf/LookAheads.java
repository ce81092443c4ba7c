package pie.engine.grammar.ebnf;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import pie.engine.PieException;
import pie.engine.grammar.automaton.Budget;
import pie.engine.grammar.automaton.Determinizer;
import pie.engine.grammar.automaton.Dfa;
import pie.engine.grammar.automaton.Languages;
import pie.engine.grammar.automaton.Minimizer;
import pie.engine.grammar.expr.Expr;
import pie.engine.grammar.expr.ExprNfa;
import pie.engine.grammar.expr.Rules;
import pie.engine.grammar.expr.Spelling;

/**
 * Turn look-aheads into what they mean: the rest of the text from there on is one that begins as they say. While a grammar is read,
 * each stands in its expression as a mark, a token of negative number. Rules with look-aheads are written out where they are called,
 * until the rest of the text stands behind each mark; it is then intersected with the look-ahead. That needs the rest to be regular:
 * no recursion and no token terminals.
 */
final class LookAheads {
    private static final int MOST_ALTERNATIVES = 512;

    /** @param place where it stands in the grammar's text */
    record LookAhead(Expr expr, int place) {}

    private final Rules rules;
    private final Scanner scanner;
    private final List<LookAhead> lookAheads;
    private final Budget budget;
    private final BitSet marked = new BitSet();
    private final List<Integer> open = new ArrayList<>();

    LookAheads(Rules rules, Scanner scanner, List<LookAhead> lookAheads, Budget budget) {
        this.rules = rules;
        this.scanner = scanner;
        this.lookAheads = lookAheads;
        this.budget = budget;
    }

    static Expr mark(int lookAhead) {
        return new Expr.Token(-1 - lookAhead);
    }

    static boolean isMark(Expr expr) {
        return expr instanceof Expr.Token token && token.id() < 0;
    }

    private LookAhead of(Expr mark) {
        return mark instanceof Expr.Token token ? lookAheads.get(-1 - token.id()) : lookAheads.getFirst();
    }

    /** Return the root of the grammar without look-aheads. */
    int resolve(int root) {
        boolean grew = true;
        while (grew) {
            grew = false;
            for (int rule = 0; rule < rules.count(); rule++) {
                if (!marked.get(rule) && hasMark(rules.body(rule))) {
                    marked.set(rule);
                    grew = true;
                }
            }
        }
        if (!marked.get(root)) {
            return root;
        }
        open.add(root);
        List<Expr> texts = new ArrayList<>();
        for (List<Expr> alternative : alternatives(rules.body(root))) {
            texts.add(constrained(alternative));
        }
        return rules.declare("root", Expr.choice(texts));
    }

    private boolean hasMark(Expr expr) {
        return switch (expr) {
            case Expr.Token ignored -> isMark(expr);
            case Expr.Call call -> marked.get(call.rule());
            case Expr.Choice choice -> choice.parts().stream().anyMatch(this::hasMark);
            case Expr.Sequence sequence -> sequence.parts().stream().anyMatch(this::hasMark);
            case Expr.Repeat repeat -> hasMark(repeat.part());
            default -> false;
        };
    }

    /** Writes an expression out as alternatives of sequences whose marks are not nested in anything. */
    private List<List<Expr>> alternatives(Expr expr) {
        if (!hasMark(expr) || isMark(expr)) {
            return List.of(List.of(expr));
        }
        List<List<Expr>> all = new ArrayList<>();
        switch (expr) {
            case Expr.Choice choice -> choice.parts().forEach(part -> all.addAll(alternatives(part)));
            case Expr.Call call -> {
                if (open.contains(call.rule())) {
                    throw unsupported(anyMark(rules.body(call.rule())), "in a rule that calls itself");
                }
                open.add(call.rule());
                all.addAll(alternatives(rules.body(call.rule())));
                open.removeLast();
            }
            case Expr.Sequence sequence -> {
                all.add(List.of());
                for (Expr part : sequence.parts()) {
                    List<List<Expr>> longer = new ArrayList<>();
                    for (List<Expr> before : all) {
                        for (List<Expr> after : alternatives(part)) {
                            List<Expr> joined = new ArrayList<>(before);
                            joined.addAll(after);
                            longer.add(joined);
                        }
                    }
                    all.clear();
                    all.addAll(longer);
                }
            }
            case Expr.Repeat repeat
            when repeat.least() == 0 && repeat.most() == 1 -> {
                all.add(List.of());
                all.addAll(alternatives(repeat.part()));
            }
            default -> throw unsupported(anyMark(expr), "in a repetition");
        }
        if (all.size() > MOST_ALTERNATIVES) {
            throw unsupported(anyMark(expr), "in more than " + MOST_ALTERNATIVES + " alternatives");
        }
        return all;
    }

    private Expr anyMark(Expr expr) {
        return switch (expr) {
            case Expr.Choice choice ->
                choice.parts().stream()
                        .filter(this::hasMark)
                        .findFirst()
                        .map(this::anyMark)
                        .orElse(mark(0));
            case Expr.Sequence sequence ->
                sequence.parts().stream()
                        .filter(this::hasMark)
                        .findFirst()
                        .map(this::anyMark)
                        .orElse(mark(0));
            case Expr.Repeat repeat -> anyMark(repeat.part());
            case Expr.Token token when isMark(token) -> token;
            default -> mark(0);
        };
    }

    /** Intersects from the last mark on backwards. */
    private Expr constrained(List<Expr> alternative) {
        Expr rest = Expr.EMPTY;
        for (int i = alternative.size() - 1; i >= 0; i--) {
            Expr part = alternative.get(i);
            if (!isMark(part)) {
                rest = Expr.sequence(part, rest);
                continue;
            }
            Expr ahead = Expr.sequence(of(part).expr(), Expr.star(new Expr.Words(anyByte(), Spelling.BYTES)));
            Dfa both = Languages.intersection(regular(rest, part), regular(ahead, part), budget);
            rest = both.isEmpty() ? Expr.NEVER : new Expr.Words(both, Spelling.BYTES);
        }
        return rest;
    }

    private static Dfa anyByte() {
        BitSet last = new BitSet();
        last.set(1);
        return new Dfa(new int[][] {{0, 255, 1}, {}}, last);
    }

    private Dfa regular(Expr expr, Expr mark) {
        return Minimizer.minimize(Determinizer.determinize(ExprNfa.of(withoutCalls(expr, mark), budget), budget));
    }

    private Expr withoutCalls(Expr expr, Expr mark) {
        return switch (expr) {
            case Expr.Token ignored -> throw unsupported(mark, "before or over a token terminal or another look-ahead");
            case Expr.Call call -> {
                if (open.contains(call.rule())) {
                    throw unsupported(mark, "before or over a rule that calls itself");
                }
                open.add(call.rule());
                Expr body = withoutCalls(rules.body(call.rule()), mark);
                open.removeLast();
                yield body;
            }
            case Expr.Choice choice ->
                Expr.choice(choice.parts().stream()
                        .map(part -> withoutCalls(part, mark))
                        .toList());
            case Expr.Sequence sequence ->
                Expr.sequence(sequence.parts().stream()
                        .map(part -> withoutCalls(part, mark))
                        .toList());
            case Expr.Repeat repeat -> Expr.repeat(withoutCalls(repeat.part(), mark), repeat.least(), repeat.most());
            default -> expr;
        };
    }

    private PieException unsupported(Expr mark, String where) {
        return scanner.unsupported(of(mark).place(), "a look-ahead " + where + " cannot be turned into a grammar");
    }
}
