package pie.inferlet;

/** Describe what a generation must look like; nothing is compiled before it is used. */
public interface Schema {
    /** Make the constraint of one generation. */
    Constraint buildConstraint(Model model);

    /** JSON that satisfies a JSON Schema: JSON text, a {@code Map}, or a class, of which a record is described by its components. */
    static Schema json(Object schema) {
        return json(schema, Grammar.Options.of());
    }

    static Schema json(Object schema, Grammar.Options options) {
        String text = Grammar.schemaText(schema);
        return model -> GrammarConstraint.fromGrammar(Grammar.fromJsonSchema(text, options), model);
    }

    /** Any JSON value. */
    static Schema anyJson() {
        return GrammarConstraint::json;
    }

    /** Text that a regular expression of JavaScript's flavour matches as a whole. */
    static Schema regex(String pattern) {
        return model -> GrammarConstraint.fromRegex(pattern, model);
    }

    /** Text of an EBNF grammar of the GBNF style. */
    static Schema ebnf(String text) {
        return model -> GrammarConstraint.fromEbnf(text, model);
    }

    static Schema grammar(Grammar grammar) {
        return model -> GrammarConstraint.fromGrammar(grammar, model);
    }
}
