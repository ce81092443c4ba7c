package pie.engine.grammar.schema;

import tools.jackson.databind.JsonNode;

/** Number the kinds of JSON values as bits; whole numbers and numbers with a fraction are two of them. */
final class Kinds {
    static final int NULL = 1;
    static final int BOOLEAN = 2;
    static final int WHOLE = 4;
    static final int FRACTION = 8;
    static final int STRING = 16;
    static final int ARRAY = 32;
    static final int OBJECT = 64;
    static final int ALL = 127;

    private Kinds() {}

    /** Return the kinds that the value of {@code type} names. */
    static int of(Place type) {
        if (type.node().isString()) {
            return named(type);
        }
        if (!type.node().isArray() || type.node().isEmpty()) {
            throw SchemaErrors.invalid(type.pointer(), "must be the name of a type, or a list of some");
        }
        int kinds = 0;
        for (int i = 0; i < type.node().size(); i++) {
            kinds |= named(type.element(i));
        }
        return kinds;
    }

    private static int named(Place name) {
        return switch (name.node().isString() ? name.node().asString() : "") {
            case "null" -> NULL;
            case "boolean" -> BOOLEAN;
            case "integer" -> WHOLE;
            case "number" -> WHOLE | FRACTION;
            case "string" -> STRING;
            case "array" -> ARRAY;
            case "object" -> OBJECT;
            default ->
                throw SchemaErrors.invalid(
                        name.pointer(), "must be one of null boolean integer number string array object");
        };
    }

    static int ofValue(JsonNode value) {
        return switch (value.getNodeType()) {
            case NULL -> NULL;
            case BOOLEAN -> BOOLEAN;
            case NUMBER -> value.decimalValue().stripTrailingZeros().scale() <= 0 ? WHOLE : FRACTION;
            case STRING -> STRING;
            case ARRAY -> ARRAY;
            case OBJECT -> OBJECT;
            default -> 0;
        };
    }
}
