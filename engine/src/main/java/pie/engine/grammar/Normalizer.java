package pie.engine.grammar;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import pie.engine.grammar.expr.Expr;
import pie.engine.grammar.expr.Rules;

/** Inline rules that are called once or are trivial, and give repeated large expressions a rule of their own. */
final class Normalizer {
    /** Copies of repeated expressions are made in place up to this many units of {@link #weight}. */
    private static final int LARGEST_UNROLLED = 96;

    private static final int TRIVIAL = 8;

    /** Up to this weight, rules to be kept apart are written out all the same. */
    private static final int SMALL = 64;

    private final Rules rules;
    private final Map<Integer, Integer> calls = new HashMap<>();
    private final Map<Integer, Expr> done = new HashMap<>();
    private final List<Integer> open = new ArrayList<>();
    private final Map<Expr, Integer> hoisted = new HashMap<>();

    private Normalizer(Rules rules) {
        this.rules = rules;
    }

    /** Rewrite all rules that {@code root} reaches. */
    static void normalize(Rules rules, int root) {
        Normalizer normalizer = new Normalizer(rules);
        normalizer.count(root);
        normalizer.rule(root, rules.limitsSpaces(root));
        normalizer.done.forEach(rules::define);
    }

    private void count(int rule) {
        if (calls.merge(rule, 1, Integer::sum) == 1) {
            visit(rules.body(rule));
        }
    }

    private void visit(Expr expr) {
        switch (expr) {
            case Expr.Call call -> count(call.rule());
            case Expr.Choice choice -> choice.parts().forEach(this::visit);
            case Expr.Sequence sequence -> sequence.parts().forEach(this::visit);
            case Expr.Repeat repeat -> visit(repeat.part());
            case Expr.Series series -> {
                series.members().forEach(this::visit);
                visit(series.extra());
                visit(series.separator());
            }
            case Expr.Quoted quoted -> visit(quoted.character());
            case Expr.Empty ignored -> {}
            case Expr.Never ignored -> {}
            case Expr.Bytes ignored -> {}
            case Expr.Chars ignored -> {}
            case Expr.Words ignored -> {}
            case Expr.Token ignored -> {}
        }
    }

    private Expr rule(int rule, boolean spaced) {
        @Nullable Expr known = done.get(rule);
        if (known != null) {
            return known;
        }
        open.add(rule);
        Expr body = rewrite(rules.body(rule), spaced);
        open.removeLast();
        done.put(rule, body);
        return body;
    }

    private Expr rewrite(Expr expr, boolean spaced) {
        return switch (expr) {
            case Expr.Call call -> call(call, spaced);
            case Expr.Choice choice -> Expr.choice(all(choice.parts(), spaced));
            case Expr.Sequence sequence -> Expr.sequence(all(sequence.parts(), spaced));
            case Expr.Repeat repeat -> repeat(repeat, spaced);
            case Expr.Series series ->
                new Expr.Series(
                        all(series.members(), spaced),
                        series.required(),
                        rewrite(series.extra(), spaced),
                        rewrite(series.separator(), spaced));
            case Expr.Quoted quoted ->
                new Expr.Quoted(rewrite(quoted.character(), spaced), quoted.least(), quoted.most());
            case Expr.Empty same -> same;
            case Expr.Never same -> same;
            case Expr.Bytes same -> same;
            case Expr.Chars same -> same;
            case Expr.Words same -> same;
            case Expr.Token same -> same;
        };
    }

    private List<Expr> all(List<Expr> parts, boolean spaced) {
        List<Expr> rewritten = new ArrayList<>(parts.size());
        for (Expr part : parts) {
            rewritten.add(rewrite(part, spaced));
        }
        return rewritten;
    }

    private Expr call(Expr.Call call, boolean spaced) {
        int rule = call.rule();
        if (open.contains(rule)) {
            return call;
        }
        boolean ownSpaces = rules.limitsSpaces(rule);
        Expr body = rule(rule, ownSpaces);
        boolean mayMove = !(body instanceof Expr.Quoted) && (ownSpaces == spaced || weight(body) <= TRIVIAL);
        // A rule whose body calls an open rule is part of a cycle; its body may be copied, but only once.
        boolean once = calls.getOrDefault(rule, 0) == 1 && (!rules.isKeptApart(rule) || weight(body) <= SMALL);
        return mayMove && (once || weight(body) <= TRIVIAL) ? body : call;
    }

    private Expr repeat(Expr.Repeat repeat, boolean spaced) {
        Expr part = rewrite(repeat.part(), spaced);
        int copies = repeat.most() == Expr.UNBOUNDED ? repeat.least() + 1 : repeat.most();
        if (copies > 2
                && (long) copies * weight(part) > LARGEST_UNROLLED
                && !(part instanceof Expr.Call)
                && weight(part) > 1) {
            Expr body = part;
            int rule = hoisted.computeIfAbsent(part, p -> {
                int made = rules.declare("repeated", body);
                if (spaced) {
                    rules.limitSpaces(made);
                }
                done.put(made, body);
                return made;
            });
            part = new Expr.Call(rule);
        }
        return Expr.repeat(part, repeat.least(), repeat.most());
    }

    /** Roughly the states that one copy of the expression takes. */
    private static int weight(Expr expr) {
        return switch (expr) {
            case Expr.Empty ignored -> 0;
            case Expr.Never ignored -> 0;
            case Expr.Bytes bytes -> bytes.latin1().length();
            case Expr.Chars ignored -> 1;
            case Expr.Words words -> 2 * words.automaton().size();
            case Expr.Call ignored -> 1;
            case Expr.Token ignored -> 1;
            case Expr.Choice choice -> sum(choice.parts());
            case Expr.Sequence sequence -> sum(sequence.parts());
            case Expr.Repeat repeat -> {
                int copies = repeat.most() == Expr.UNBOUNDED ? repeat.least() + 1 : repeat.most();
                yield (int) Math.min(1 << 20, (long) copies * weight(repeat.part()));
            }
            case Expr.Series series ->
                sum(series.members()) + (series.members().size() + 1) * weight(series.separator());
            case Expr.Quoted ignored -> 1 << 20;
        };
    }

    private static int sum(List<Expr> parts) {
        int sum = 0;
        for (Expr part : parts) {
            sum = Math.min(1 << 20, sum + weight(part));
        }
        return sum;
    }
}
