package pie.engine.grammar.ebnf;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import pie.engine.PieException;
import pie.engine.grammar.automaton.Budget;
import pie.engine.grammar.expr.CodePoints;
import pie.engine.grammar.expr.Expr;
import pie.engine.grammar.expr.Rules;

/** Parse an EBNF grammar into {@link Rules}. A rule ends where the next one begins, so that it may take several lines. */
public final class EbnfParser {
    private static final int DEEPEST = 200;

    private final Scanner scanner;
    private final Rules rules;
    private final int vocabSize;
    private final Budget budget;
    private final Map<String, Integer> numbers = new LinkedHashMap<>();
    private final Map<String, Integer> definedAt = new HashMap<>();
    private final Map<String, Integer> usedAt = new LinkedHashMap<>();
    private final List<LookAheads.LookAhead> lookAheads = new ArrayList<>();
    private int depth;

    private EbnfParser(String text, Rules rules, int vocabSize, Budget budget) {
        this.scanner = new Scanner(text);
        this.rules = rules;
        this.vocabSize = vocabSize;
        this.budget = budget;
    }

    /**
     * Add the grammar's rules and return the number of its rule {@code root}.
     *
     * @throws PieException INVALID_ARGUMENT for syntax, UNSUPPORTED for undefined rules and for left recursion that derives nothing;
     *     details {@code line} and {@code column}
     */
    public static int parse(String text, Rules rules, int vocabSize, Budget budget) {
        return new EbnfParser(text, rules, vocabSize, budget).grammar();
    }

    private int grammar() {
        scanner.space();
        while (!scanner.atEnd()) {
            rule();
        }
        usedAt.forEach((name, place) -> {
            if (!definedAt.containsKey(name)) {
                throw scanner.unsupported(place, "there is no rule '" + name + "'");
            }
        });
        @Nullable Integer root = numbers.get("root");
        if (root == null) {
            throw scanner.invalid(0, "there is no rule 'root', where the text begins");
        }
        Map<Integer, Integer> places = new HashMap<>();
        definedAt.forEach((name, place) -> places.put(number(name), place));
        LeftRecursion.idle(rules, root).ifPresent(rule -> {
            throw scanner.unsupported(
                    places.getOrDefault(rule, 0),
                    "rule '" + rules.name(rule)
                            + "' begins with itself and derives nothing: give it an alternative that ends");
        });
        return lookAheads.isEmpty() ? root : new LookAheads(rules, scanner, lookAheads, budget).resolve(root);
    }

    private int number(String name) {
        return numbers.computeIfAbsent(name, rules::declare);
    }

    private void rule() {
        int place = scanner.position();
        String name = scanner.name();
        scanner.space();
        if (name.isEmpty() || !scanner.take("::=")) {
            throw scanner.invalid(place, "a rule must stand here: name ::= …");
        }
        if (definedAt.put(name, place) != null) {
            throw scanner.invalid(place, "rule '" + name + "' is defined twice");
        }
        int number = number(name);
        scanner.space();
        Expr body = alternatives();
        if (!scanner.atEnd() && !scanner.atRule()) {
            throw scanner.invalid(scanner.position(), "this closes nothing");
        }
        rules.define(number, body);
    }

    private Expr alternatives() {
        if (++depth > DEEPEST) {
            throw scanner.unsupported(scanner.position(), "groups nested deeper than " + DEEPEST + " cannot be read");
        }
        List<Expr> parts = new ArrayList<>();
        do {
            scanner.space();
            parts.add(sequence());
        } while (scanner.take("|"));
        depth--;
        return Expr.choice(parts);
    }

    private Expr sequence() {
        List<Expr> parts = new ArrayList<>();
        while (!scanner.atEnd() && scanner.peek() != '|' && scanner.peek() != ')' && !scanner.atRule()) {
            parts.add(item());
            scanner.space();
        }
        return Expr.sequence(parts);
    }

    private Expr item() {
        int place = scanner.position();
        if (scanner.take("(=")) {
            Expr ahead = alternatives();
            close(place);
            lookAheads.add(new LookAheads.LookAhead(ahead, place));
            return LookAheads.mark(lookAheads.size() - 1);
        }
        Expr part = primary(place);
        for (; ; ) {
            int after = scanner.position();
            scanner.space();
            int quantifier = scanner.position();
            if (scanner.take("*")) {
                part = Expr.star(part);
            } else if (scanner.take("+")) {
                part = Expr.repeat(part, 1, Expr.UNBOUNDED);
            } else if (scanner.take("?")) {
                part = Expr.optional(part);
            } else if (scanner.take("{")) {
                part = counted(part, quantifier);
            } else {
                scanner.back(after);
                return part;
            }
        }
    }

    private Expr counted(Expr part, int place) {
        scanner.space();
        int least = scanner.peek() == ',' ? 0 : scanner.number(place);
        scanner.space();
        int most = least;
        if (scanner.take(",")) {
            scanner.space();
            most = scanner.peek() == '}' ? Expr.UNBOUNDED : scanner.number(place);
        }
        scanner.space();
        if (!scanner.take("}")) {
            throw scanner.invalid(place, "this repetition is not closed by }");
        }
        if (least > most) {
            throw scanner.invalid(place, "this repetition's bounds are the wrong way round");
        }
        return Expr.repeat(part, least, most);
    }

    private Expr primary(int place) {
        int c = scanner.peek();
        if (c == '"') {
            return text(place);
        }
        if (c == '[') {
            return characterClass(place);
        }
        if (scanner.take(".")) {
            return Expr.chars(CodePoints.ALL);
        }
        if (scanner.take("<[")) {
            return token(place);
        }
        if (scanner.take("(")) {
            Expr inner = alternatives();
            close(place);
            return inner;
        }
        if (Scanner.isName(c)) {
            String name = scanner.name();
            usedAt.putIfAbsent(name, place);
            return new Expr.Call(number(name));
        }
        throw scanner.invalid(place, "a string, a class, a group, a rule or <[token id]> must stand here");
    }

    private void close(int place) {
        scanner.space();
        if (!scanner.take(")")) {
            throw scanner.invalid(place, "this group is not closed by )");
        }
    }

    private Expr text(int place) {
        scanner.next();
        StringBuilder text = new StringBuilder();
        while (!scanner.take("\"")) {
            int at = scanner.position();
            int c = scanner.next();
            if (c < 0 || c == '\n') {
                throw scanner.invalid(place, "this string is not closed");
            }
            text.appendCodePoint(c == '\\' ? scalar(scanner.escape(at), at) : c);
        }
        return Expr.text(text.toString());
    }

    private int scalar(int c, int place) {
        if (c >= 0xd800 && c < 0xe000) {
            throw scanner.invalid(place, "a lone surrogate is no character");
        }
        return c;
    }

    private Expr characterClass(int place) {
        scanner.next();
        boolean negated = scanner.take("^");
        CodePoints set = CodePoints.NONE;
        while (!scanner.take("]")) {
            int at = scanner.position();
            int low = member(place);
            int high = low;
            if (scanner.peek() == '-') {
                scanner.next();
                if (scanner.peek() == ']') {
                    set = set.union(CodePoints.of('-'));
                } else {
                    high = member(place);
                }
            }
            if (low > high) {
                throw scanner.invalid(at, "this range's ends are the wrong way round");
            }
            set = set.union(CodePoints.range(low, high));
        }
        return Expr.chars(negated ? set.complement() : set);
    }

    private int member(int place) {
        int at = scanner.position();
        int c = scanner.next();
        if (c < 0) {
            throw scanner.invalid(place, "this class is not closed by ]");
        }
        return c == '\\' ? scanner.escape(at) : c;
    }

    private Expr token(int place) {
        int id = scanner.number(place);
        if (!scanner.take("]>")) {
            throw scanner.invalid(place, "this token is not closed by ]>");
        }
        if (id >= vocabSize) {
            throw scanner.invalid(place, "token id " + id + " is outside the vocabulary of " + vocabSize);
        }
        return new Expr.Token(id);
    }
}
