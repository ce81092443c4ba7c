package pie.engine.grammar.ebnf;

import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import java.util.Optional;
import pie.engine.grammar.expr.Expr;
import pie.engine.grammar.expr.Rules;

/** Find rules that begin with themselves and match nothing. */
final class LeftRecursion {
    private final Rules rules;
    private final BitSet productive = new BitSet();
    private final BitSet nullable = new BitSet();

    private LeftRecursion(Rules rules) {
        this.rules = rules;
        boolean grew = true;
        while (grew) {
            grew = false;
            for (int rule = 0; rule < rules.count(); rule++) {
                if (!productive.get(rule) && matches(rules.body(rule), productive, false)) {
                    productive.set(rule);
                    grew = true;
                }
                if (!nullable.get(rule) && matches(rules.body(rule), nullable, true)) {
                    nullable.set(rule);
                    grew = true;
                }
            }
        }
    }

    /** Return a rule that {@code root} reaches, that may begin with a call of itself, and that matches no text. */
    static Optional<Integer> idle(Rules rules, int root) {
        LeftRecursion recursion = new LeftRecursion(rules);
        for (int rule : (Iterable<Integer>) recursion.reached(root, false).stream()::iterator) {
            if (!recursion.productive.get(rule) && recursion.reached(rule, true).get(rule)) {
                return Optional.of(rule);
            }
        }
        return Optional.empty();
    }

    /** Rules called from a rule, directly or not; with {@code first}, only where nothing need come before the call. */
    private BitSet reached(int from, boolean first) {
        BitSet reached = new BitSet();
        Deque<Integer> work = new ArrayDeque<>();
        if (!first) {
            reached.set(from);
        }
        work.add(from);
        while (!work.isEmpty()) {
            BitSet called = new BitSet();
            calls(rules.body(work.remove()), first, called);
            called.andNot(reached);
            reached.or(called);
            called.stream().forEach(work::add);
        }
        return reached;
    }

    private void calls(Expr expr, boolean first, BitSet into) {
        switch (expr) {
            case Expr.Call call -> into.set(call.rule());
            case Expr.Choice choice -> choice.parts().forEach(part -> calls(part, first, into));
            case Expr.Repeat repeat -> calls(repeat.part(), first, into);
            case Expr.Sequence sequence -> {
                for (Expr part : sequence.parts()) {
                    calls(part, first, into);
                    if (first && !matches(part, nullable, true)) {
                        return;
                    }
                }
            }
            default -> {}
        }
    }

    private static boolean matches(Expr expr, BitSet known, boolean onlyEmpty) {
        return switch (expr) {
            case Expr.Empty ignored -> true;
            case Expr.Never ignored -> false;
            case Expr.Call call -> known.get(call.rule());
            case Expr.Token token -> !onlyEmpty || LookAheads.isMark(token);
            case Expr.Choice choice -> choice.parts().stream().anyMatch(part -> matches(part, known, onlyEmpty));
            case Expr.Sequence sequence -> sequence.parts().stream().allMatch(part -> matches(part, known, onlyEmpty));
            case Expr.Repeat repeat -> repeat.least() == 0 || matches(repeat.part(), known, onlyEmpty);
            default -> !onlyEmpty;
        };
    }
}
