package pie.engine.grammar.schema;

import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Check values of {@code enum} and {@code const} against what stands beside them. */
final class ValueCheck {
    private static final int DEEPEST = 200;

    private final SchemaContext context;
    private int depth;

    ValueCheck(SchemaContext context) {
        this.context = context;
    }

    boolean isValid(Place schema, JsonNode value) {
        context.check(schema);
        if (schema.node().isBoolean()) {
            return schema.node().asBoolean();
        }
        if (++depth > DEEPEST) {
            throw SchemaErrors.unsupported(schema.pointer(), "references nested deeper than " + DEEPEST);
        }
        boolean valid = (!schema.has("type") || (Kinds.of(schema.member("type")) & Kinds.ofValue(value)) != 0)
                && isListed(schema, value)
                && isCombined(schema, value)
                && switch (value.getNodeType()) {
                    case NUMBER -> NumberBounds.of(List.of(schema)).allows(value.decimalValue());
                    case STRING -> isString(schema, value.asString());
                    case ARRAY -> isArray(schema, value);
                    case OBJECT -> isObject(schema, value);
                    default -> true;
                };
        depth--;
        return valid;
    }

    private static boolean isListed(Place schema, JsonNode value) {
        if (schema.has("const") && !equal(schema.node().get("const"), value)) {
            return false;
        }
        return !schema.has("enum") || schema.node().get("enum").valueStream().anyMatch(listed -> equal(listed, value));
    }

    /** Compare as JSON Schema does: numbers by value, objects without order. */
    static boolean equal(JsonNode a, JsonNode b) {
        if (a.isNumber() && b.isNumber()) {
            return a.decimalValue().compareTo(b.decimalValue()) == 0;
        }
        if (a.getNodeType() != b.getNodeType() || a.size() != b.size()) {
            return false;
        }
        if (a.isArray()) {
            for (int i = 0; i < a.size(); i++) {
                if (!equal(a.get(i), b.get(i))) {
                    return false;
                }
            }
            return true;
        }
        if (a.isObject()) {
            return a.propertyStream()
                    .allMatch(entry -> b.has(entry.getKey()) && equal(entry.getValue(), b.get(entry.getKey())));
        }
        return a.equals(b);
    }

    private boolean isCombined(Place schema, JsonNode value) {
        if (schema.has("$ref") && !isValid(context.document().resolve(schema), value)) {
            return false;
        }
        if (context.onlyOfAll(schema).filter(only -> !isValid(only, value)).isPresent()) {
            return false;
        }
        if (schema.has("anyOf") && matching(schema.member("anyOf"), value) == 0) {
            return false;
        }
        return !schema.has("oneOf") || matching(schema.member("oneOf"), value) == 1;
    }

    private int matching(Place branches, JsonNode value) {
        int matching = 0;
        for (int i = 0; i < branches.node().size(); i++) {
            matching += isValid(branches.element(i), value) ? 1 : 0;
        }
        return matching;
    }

    private boolean isString(Place schema, String value) {
        int[] codePoints = value.codePoints().toArray();
        return (!schema.has("minLength") || codePoints.length >= SchemaContext.count(schema.member("minLength")))
                && (!schema.has("maxLength") || codePoints.length <= SchemaContext.count(schema.member("maxLength")))
                && (!schema.has("pattern")
                        || context.pattern(schema.member("pattern")).accepts(codePoints))
                && (!schema.has("format")
                        || SchemaContext.format(schema.member("format"))
                                .map(format -> format.accepts(codePoints))
                                .orElse(true));
    }

    private boolean isArray(Place schema, JsonNode value) {
        if ((schema.has("minItems") && value.size() < SchemaContext.count(schema.member("minItems")))
                || (schema.has("maxItems") && value.size() > SchemaContext.count(schema.member("maxItems")))) {
            return false;
        }
        ArrayItems items = ArrayItems.of(schema);
        for (int i = 0; i < value.size(); i++) {
            JsonNode element = value.get(i);
            if (items.at(i).filter(item -> !isValid(item, element)).isPresent()) {
                return false;
            }
        }
        return true;
    }

    private boolean isObject(Place schema, JsonNode value) {
        if (schema.has("required")
                && schema.node().get("required").valueStream().anyMatch(key -> !value.has(key.asString()))) {
            return false;
        }
        for (Map.Entry<String, JsonNode> entry : value.properties()) {
            boolean named =
                    schema.has("properties") && schema.member("properties").has(entry.getKey());
            if (named && !isValid(schema.member("properties").member(entry.getKey()), entry.getValue())) {
                return false;
            }
            if (!named
                    && schema.has("additionalProperties")
                    && !isValid(schema.member("additionalProperties"), entry.getValue())) {
                return false;
            }
        }
        return true;
    }
}
