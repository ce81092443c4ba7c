package pie.engine.grammar;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import pie.engine.PieException;
import pie.engine.grammar.ebnf.EbnfParser;
import pie.engine.grammar.expr.Expr;
import pie.engine.grammar.expr.Rules;
import pie.engine.grammar.expr.Spelling;
import pie.engine.grammar.regex.Regex;
import pie.engine.grammar.schema.JsonText;
import pie.engine.grammar.schema.SchemaCompiler;

/** Compile grammars for one vocabulary. Safe for use from several threads; each call works on its caller's thread. */
public final class GrammarCompiler {
    private final TokenIndex index;
    private final GrammarLimits limits;
    private final LongSupplier nanoTime;

    /** @param nanoTime clock that the time limit is measured with */
    public GrammarCompiler(TokenIndex index, GrammarLimits limits, LongSupplier nanoTime) {
        this.index = index;
        this.limits = limits;
        this.nanoTime = nanoTime;
    }

    public TokenIndex index() {
        return index;
    }

    /**
     * Compile a source.
     *
     * @throws PieException INVALID_ARGUMENT for syntax and for sources that no text satisfies; UNSUPPORTED for features and sizes that
     *     cannot be had. Details name the place: {@code pointer} of a JSON Schema, {@code line} and {@code column} of a text
     */
    public Grammar compile(GrammarSource source) {
        CompileBudget budget = new CompileBudget(limits, nanoTime);
        Rules rules = new Rules();
        List<String> ignored = new ArrayList<>();
        int root = switch (source) {
            case GrammarSource.Regex regex ->
                rules.declare("root", new Expr.Words(Regex.whole(regex.pattern(), budget), Spelling.PLAIN));
            case GrammarSource.Ebnf ebnf -> EbnfParser.parse(ebnf.text(), rules, index.vocabSize(), budget);
            case GrammarSource.AnyJson json -> json(rules, json.compact(), budget);
            case GrammarSource.JsonSchema schema ->
                SchemaCompiler.compile(schema.schema(), schema.lenient(), schema.compact(), rules, budget, ignored);
            case GrammarSource.Framed framed -> framed(framed, rules, budget, ignored);
        };
        Automaton automaton = new Automaton(RuleTable.compile(rules, root, budget));
        budget.memory(automaton.memoryBytes());
        return new Grammar(source, ignored, automaton, index);
    }

    private static int framed(GrammarSource.Framed framed, Rules rules, CompileBudget budget, List<String> ignored) {
        GrammarSource.JsonSchema schema = framed.schema();
        int json = SchemaCompiler.compile(schema.schema(), schema.lenient(), schema.compact(), rules, budget, ignored);
        Expr one = Expr.sequence(tokens(framed.before()), new Expr.Call(json), tokens(framed.after()));
        Expr more = framed.between().isEmpty() ? Expr.EMPTY : Expr.star(Expr.sequence(tokens(framed.between()), one));
        return rules.declare("framed", Expr.sequence(one, more));
    }

    private static Expr tokens(List<Integer> ids) {
        return Expr.sequence(ids.stream().<Expr>map(Expr.Token::new).toList());
    }

    private static int json(Rules rules, boolean compact, CompileBudget budget) {
        int root = rules.declare("root", new JsonText(rules, compact, budget).value());
        rules.limitSpaces(root);
        return root;
    }
}
