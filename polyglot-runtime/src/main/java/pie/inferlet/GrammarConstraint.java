package pie.inferlet;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Constrain a generation by a grammar. The engine follows it by itself: no code of the program runs per token. */
public final class GrammarConstraint implements Constraint {
    private final Matcher matcher;

    public GrammarConstraint(Matcher matcher) {
        this.matcher = matcher;
    }

    public static CompletableFuture<GrammarConstraint> createAsync(Matcher matcher) {
        return CompletableFuture.completedFuture(new GrammarConstraint(matcher));
    }

    public static GrammarConstraint fromGrammar(Grammar grammar, Model model) {
        return new GrammarConstraint(new Matcher(grammar, model.tokenizer()));
    }

    public static CompletableFuture<GrammarConstraint> fromGrammarAsync(Grammar grammar, Model model) {
        return Futures.map(Matcher.createAsync(grammar, model.tokenizer()), GrammarConstraint::new);
    }

    private static CompletableFuture<GrammarConstraint> followed(CompletableFuture<Grammar> grammar, Model model) {
        return Futures.then(grammar, compiled -> fromGrammarAsync(compiled, model));
    }

    public static GrammarConstraint fromJsonSchema(Object schema, Model model) {
        return fromJsonSchema(schema, model, Grammar.Options.of());
    }

    public static GrammarConstraint fromJsonSchema(Object schema, Model model, Grammar.Options options) {
        return fromGrammar(Grammar.fromJsonSchema(schema, options), model);
    }

    public static CompletableFuture<GrammarConstraint> fromJsonSchemaAsync(Object schema, Model model) {
        return fromJsonSchemaAsync(schema, model, Grammar.Options.of());
    }

    public static CompletableFuture<GrammarConstraint> fromJsonSchemaAsync(
            Object schema, Model model, Grammar.Options options) {
        return followed(Grammar.fromJsonSchemaAsync(schema, options), model);
    }

    public static GrammarConstraint json(Model model) {
        return fromGrammar(Grammar.json(), model);
    }

    public static CompletableFuture<GrammarConstraint> jsonAsync(Model model) {
        return followed(Grammar.jsonAsync(), model);
    }

    public static GrammarConstraint fromRegex(String pattern, Model model) {
        return fromGrammar(Grammar.fromRegex(pattern), model);
    }

    public static CompletableFuture<GrammarConstraint> fromRegexAsync(String pattern, Model model) {
        return followed(Grammar.fromRegexAsync(pattern), model);
    }

    public static GrammarConstraint fromEbnf(String text, Model model) {
        return fromGrammar(Grammar.fromEbnf(text), model);
    }

    public static CompletableFuture<GrammarConstraint> fromEbnfAsync(String text, Model model) {
        return followed(Grammar.fromEbnfAsync(text), model);
    }

    Matcher matcher() {
        return matcher;
    }

    @Override
    public Mask step(int[] accepted) {
        matcher.acceptTokens(accepted);
        return matcher.nextTokenLogitMask();
    }

    @Override
    public Optional<Constraint> fork() {
        return Optional.of(new GrammarConstraint(matcher.fork()));
    }

    @Override
    public boolean rollback(int n) {
        matcher.rollback(n);
        return true;
    }

    /** Say whether a stop token was accepted. */
    @Override
    public boolean isTerminated() {
        return matcher.isTerminated();
    }
}
