package pie.engine.grammar.schema;

import java.util.Set;

/** List which keywords mean what to the compiler. */
final class Keywords {
    private static final Set<String> SUPPORTED = Set.of(
            "type",
            "enum",
            "const",
            "properties",
            "required",
            "additionalProperties",
            "items",
            "prefixItems",
            "additionalItems",
            "minItems",
            "maxItems",
            "minLength",
            "maxLength",
            "pattern",
            "format",
            "minimum",
            "maximum",
            "exclusiveMinimum",
            "exclusiveMaximum",
            "$ref",
            "anyOf",
            "oneOf",
            "allOf");

    private static final Set<String> ANNOTATIONS = Set.of(
            "title",
            "description",
            "default",
            "examples",
            "$schema",
            "$id",
            "id",
            "$comment",
            "deprecated",
            "readOnly",
            "writeOnly",
            "$defs",
            "definitions");

    private Keywords() {}

    static boolean isSupported(String keyword) {
        return SUPPORTED.contains(keyword);
    }

    static boolean isAnnotation(String keyword) {
        return ANNOTATIONS.contains(keyword) || keyword.startsWith("x-");
    }

    /** Return whether the keyword says nothing itself but where other schemas are. */
    static boolean isTransparent(String keyword) {
        return keyword.equals("$ref") || keyword.equals("anyOf") || keyword.equals("oneOf") || keyword.equals("allOf");
    }
}
