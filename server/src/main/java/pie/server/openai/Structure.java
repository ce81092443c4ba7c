package pie.server.openai;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import pie.engine.grammar.GrammarSource;
import tools.jackson.databind.JsonNode;

/** Read what form the text must have: {@code response_format} and the {@code guided_} fields. */
final class Structure {
    private static final int MOST_CHOICES = 1024;
    private static final GrammarSource JSON_OBJECT =
            new GrammarSource.JsonSchema("{\"type\":\"object\"}", false, false);

    private Structure() {}

    static Optional<GrammarSource> read(Fields fields) {
        var found = format(fields)
                .or(() -> fields.find("guided_json").map(Structure::schema))
                .or(() -> fields.text("guided_regex").map(GrammarSource.Regex::new))
                .or(() -> fields.text("guided_grammar").map(GrammarSource.Ebnf::new));
        List<String> choices = fields.texts("guided_choice", MOST_CHOICES);
        return found.or(() -> choices.isEmpty() ? Optional.empty() : Optional.of(oneOf(choices)));
    }

    private static Optional<GrammarSource> format(Fields fields) {
        Optional<Fields> format = fields.object("response_format");
        if (format.isEmpty()) {
            return Optional.empty();
        }
        String type = format.get().text("type").orElse("");
        return switch (type) {
            case "text" -> Optional.empty();
            case "json_object" -> Optional.of(JSON_OBJECT);
            case "json_schema" ->
                Optional.of(schema(format.get()
                        .object("json_schema")
                        .flatMap(s -> s.find("schema"))
                        .orElseThrow(() ->
                                Fields.invalid("response_format.json_schema.schema", "is missing: a JSON Schema"))));
            default ->
                throw Fields.invalid(
                        "response_format.type", "must be text, json_object or json_schema, got \"" + type + "\"");
        };
    }

    static GrammarSource schema(JsonNode schema) {
        String text = schema.isString() ? schema.asString() : schema.toString();
        return new GrammarSource.JsonSchema(text, false, false);
    }

    private static GrammarSource oneOf(List<String> choices) {
        return new GrammarSource.Ebnf(
                "root ::= " + choices.stream().map(Structure::quoted).collect(Collectors.joining(" | ")));
    }

    private static String quoted(String text) {
        var out = new StringBuilder("\"");
        text.chars().forEach(c -> {
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> out.append((char) c);
            }
        });
        return out.append('"').toString();
    }
}
