package pie.engine.grammar.expr;

import java.util.ArrayList;
import java.util.List;

/** Collect the rules of one grammar; a rule may be called before its body is known. Not safe for use from several threads. */
public final class Rules {
    private final List<String> names = new ArrayList<>();
    private final List<Expr> bodies = new ArrayList<>();
    private final List<Boolean> spaced = new ArrayList<>();
    private final List<Boolean> apart = new ArrayList<>();

    /** Declare a rule that matches nothing until {@link #define} gives its body. */
    public int declare(String name) {
        names.add(name);
        bodies.add(Expr.NEVER);
        spaced.add(false);
        apart.add(false);
        return bodies.size() - 1;
    }

    public int declare(String name, Expr body) {
        int rule = declare(name);
        define(rule, body);
        return rule;
    }

    public void define(int rule, Expr body) {
        bodies.set(rule, body);
    }

    /**
     * Limit runs of white space in the rule: wherever its minimal automaton loops on space, tab, CR and LF alike, at most
     * {@link Spaces#LONGEST} of them may follow each other.
     */
    public void limitSpaces(int rule) {
        spaced.set(rule, true);
    }

    public boolean limitsSpaces(int rule) {
        return spaced.get(rule);
    }

    /** Say that the rule should not be written out where it is called, so that alternatives do not multiply each other's states. */
    public void keepApart(int rule) {
        apart.set(rule, true);
    }

    public boolean isKeptApart(int rule) {
        return apart.get(rule);
    }

    public int count() {
        return bodies.size();
    }

    public Expr body(int rule) {
        return bodies.get(rule);
    }

    public String name(int rule) {
        return names.get(rule);
    }
}
