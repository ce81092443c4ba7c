package pie.engine.grammar;

import java.util.List;

/** Say what a grammar is made from. */
public sealed interface GrammarSource {
    /**
     * A JSON Schema.
     *
     * @param schema JSON text
     * @param lenient leave out keywords that are not supported, and list them in {@link Grammar#ignored}
     * @param compact no white space between the tokens of the JSON text
     */
    record JsonSchema(String schema, boolean lenient, boolean compact) implements GrammarSource {}

    /** Any JSON value. */
    record AnyJson(boolean compact) implements GrammarSource {}

    /** A regular expression of JavaScript's flavour that the whole text matches. */
    record Regex(String pattern) implements GrammarSource {}

    /** An EBNF grammar of the GBNF style; its rule {@code root} is the text. */
    record Ebnf(String text) implements GrammarSource {}

    /**
     * JSON that satisfies a schema between tokens that are there as they are, such as the marks of a tool call.
     *
     * @param before ids in front of the JSON text
     * @param after ids behind it
     * @param between ids between one such text and the next, empty for one text alone
     */
    record Framed(List<Integer> before, JsonSchema schema, List<Integer> after, List<Integer> between)
            implements GrammarSource {}

    /** Return the name of the kind of source, for people. */
    default String kind() {
        return switch (this) {
            case JsonSchema ignored -> "JSON Schema";
            case AnyJson ignored -> "JSON";
            case Regex ignored -> "regular expression";
            case Ebnf ignored -> "EBNF";
            case Framed ignored -> "framed JSON Schema";
        };
    }
}
