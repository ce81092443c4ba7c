package pie.inferlet;

/** Constrain a generation by a grammar. The engine follows it by itself: no code of the program runs per token. */
public final class GrammarConstraint implements Constraint {
    private final Matcher matcher;

    public GrammarConstraint(Matcher matcher) {
        this.matcher = matcher;
    }

    public static GrammarConstraint fromGrammar(Grammar grammar, Model model) {
        return new GrammarConstraint(new Matcher(grammar, model.tokenizer()));
    }

    public static GrammarConstraint fromJsonSchema(Object schema, Model model) {
        return fromGrammar(Grammar.fromJsonSchema(schema), model);
    }

    public static GrammarConstraint json(Model model) {
        return fromGrammar(Grammar.json(), model);
    }

    public static GrammarConstraint fromRegex(String pattern, Model model) {
        return fromGrammar(Grammar.fromRegex(pattern), model);
    }

    public static GrammarConstraint fromEbnf(String text, Model model) {
        return fromGrammar(Grammar.fromEbnf(text), model);
    }

    Matcher matcher() {
        return matcher;
    }

    @Override
    public Mask step(int[] accepted) {
        matcher.acceptTokens(accepted);
        return matcher.nextTokenLogitMask();
    }
}
