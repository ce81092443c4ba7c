package pie.inferlet;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import pie.engine.ErrorCode;
import pie.engine.PieException;

/**
 * Hold a value against a JSON Schema and collect what is wrong with it. Knows {@code type enum const properties required
 * additionalProperties items minItems maxItems minimum maximum exclusiveMinimum exclusiveMaximum minLength maxLength anyOf oneOf allOf}
 * and local {@code $ref}; other keywords say nothing.
 */
final class SchemaCheck {
    private static final int MOST_PROBLEMS = 20;
    private static final int DEEPEST = 64;

    private final Map<?, ?> root;
    private final List<Map<String, Object>> problems = new ArrayList<>();

    private SchemaCheck(Map<?, ?> root) {
        this.root = root;
    }

    /** @throws PieException INVALID_ARGUMENT with {@code problems} */
    static void check(Object schema, @Nullable Object value, String what) {
        if (!(schema instanceof Map<?, ?> root)) {
            return;
        }
        var check = new SchemaCheck(root);
        check.value(root, value, "", 0);
        if (!check.problems.isEmpty()) {
            Map<String, Object> first = check.problems.getFirst();
            throw new PieException(
                    ErrorCode.INVALID_ARGUMENT,
                    what + ": " + ("".equals(first.get("path")) ? "the value" : first.get("path")) + " "
                            + first.get("problem"),
                    Map.of("problems", List.copyOf(check.problems)));
        }
    }

    private boolean holds(@Nullable Object schema, @Nullable Object value, int depth) {
        var check = new SchemaCheck(root);
        check.value(schema, value, "", depth);
        return check.problems.isEmpty();
    }

    private void wrong(String path, String problem) {
        if (problems.size() < MOST_PROBLEMS) {
            problems.add(Map.of("path", path, "problem", problem));
        }
    }

    private void value(@Nullable Object given, @Nullable Object value, String path, int depth) {
        if (Boolean.FALSE.equals(given)) {
            wrong(path, "is not allowed");
        }
        if (!(given instanceof Map<?, ?> written) || depth > DEEPEST) {
            return;
        }
        Map<?, ?> schema = resolved(written, depth);
        Object type = schema.get("type");
        List<?> types = type instanceof List<?> several ? several : type == null ? List.of() : List.of(type);
        if (!types.isEmpty() && types.stream().noneMatch(t -> isOf(String.valueOf(t), value))) {
            wrong(path, "must be " + join(types) + ", got " + shown(value));
            return;
        }
        if (schema.get("enum") instanceof List<?> some && some.stream().noneMatch(one -> same(one, value))) {
            wrong(path, "must be one of " + shown(some) + ", got " + shown(value));
        }
        if (schema.containsKey("const") && !same(schema.get("const"), value)) {
            wrong(path, "must be " + shown(schema.get("const")) + ", got " + shown(value));
        }
        combined(schema, value, path, depth);
        switch (value) {
            case Map<?, ?> object -> object(schema, object, path, depth);
            case List<?> list -> list(schema, list, path, depth);
            case Number number -> number(schema, number, path);
            case String text -> {
                int length = text.codePointCount(0, text.length());
                bounded(schema.get("minLength"), schema.get("maxLength"), length, path, "characters");
            }
            case null, default -> {}
        }
    }

    private Map<?, ?> resolved(Map<?, ?> schema, int depth) {
        if (schema.get("$ref") instanceof String ref && ref.startsWith("#") && depth < DEEPEST) {
            Object at = root;
            for (String part : ref.substring(1).split("/")) {
                if (!part.isEmpty() && at instanceof Map<?, ?> map) {
                    at = map.get(part.replace("~1", "/").replace("~0", "~"));
                }
            }
            return at instanceof Map<?, ?> found && found != schema ? resolved(found, depth + 1) : Map.of();
        }
        return schema;
    }

    private void combined(Map<?, ?> schema, @Nullable Object value, String path, int depth) {
        if (schema.get("allOf") instanceof List<?> all) {
            all.forEach(each -> value(each, value, path, depth + 1));
        }
        if (schema.get("anyOf") instanceof List<?> any
                && any.stream().noneMatch(each -> holds(each, value, depth + 1))) {
            wrong(path, "fits none of the alternatives, got " + shown(value));
        }
        if (schema.get("oneOf") instanceof List<?> one
                && one.stream().filter(each -> holds(each, value, depth + 1)).count() != 1) {
            wrong(path, "must fit exactly one of the alternatives, got " + shown(value));
        }
    }

    private void object(Map<?, ?> schema, Map<?, ?> object, String path, int depth) {
        if (schema.get("required") instanceof List<?> names) {
            for (Object name : names) {
                if (!object.containsKey(name)) {
                    wrong(path + "/" + name, "is missing");
                }
            }
        }
        Map<?, ?> known = schema.get("properties") instanceof Map<?, ?> p ? p : Map.of();
        Object others = schema.get("additionalProperties");
        object.forEach((name, value) -> {
            String inside = path + "/" + name;
            if (known.containsKey(name)) {
                value(known.get(name), value, inside, depth + 1);
            } else if (Boolean.FALSE.equals(others)) {
                wrong(inside, "is not known; known: " + join(new ArrayList<>(known.keySet())));
            } else {
                value(others, value, inside, depth + 1);
            }
        });
    }

    private void list(Map<?, ?> schema, List<?> list, String path, int depth) {
        bounded(schema.get("minItems"), schema.get("maxItems"), list.size(), path, "items");
        for (int i = 0; i < list.size(); i++) {
            value(schema.get("items"), list.get(i), path + "/" + i, depth + 1);
        }
    }

    private void number(Map<?, ?> schema, Number number, String path) {
        double x = number.doubleValue();
        if (schema.get("minimum") instanceof Number low && x < low.doubleValue()) {
            wrong(path, "must be >= " + low + ", got " + number);
        }
        if (schema.get("maximum") instanceof Number high && x > high.doubleValue()) {
            wrong(path, "must be <= " + high + ", got " + number);
        }
        if (schema.get("exclusiveMinimum") instanceof Number low && x <= low.doubleValue()) {
            wrong(path, "must be > " + low + ", got " + number);
        }
        if (schema.get("exclusiveMaximum") instanceof Number high && x >= high.doubleValue()) {
            wrong(path, "must be < " + high + ", got " + number);
        }
    }

    private void bounded(@Nullable Object low, @Nullable Object high, int size, String path, String unit) {
        if (low instanceof Number least && size < least.longValue()) {
            wrong(path, "must have at least " + least + " " + unit + ", has " + size);
        }
        if (high instanceof Number most && size > most.longValue()) {
            wrong(path, "must have at most " + most + " " + unit + ", has " + size);
        }
    }

    private static boolean isOf(String type, @Nullable Object value) {
        return switch (type) {
            case "object" -> value instanceof Map<?, ?>;
            case "array" -> value instanceof List<?>;
            case "string" -> value instanceof String;
            case "boolean" -> value instanceof Boolean;
            case "null" -> value == null;
            case "number" -> value instanceof Number;
            case "integer" -> value instanceof Number n && n.doubleValue() == Math.rint(n.doubleValue());
            default -> true;
        };
    }

    private static boolean same(@Nullable Object a, @Nullable Object b) {
        if (a instanceof Number x && b instanceof Number y) {
            return new BigDecimal(x.toString()).compareTo(new BigDecimal(y.toString())) == 0;
        }
        return Objects.equals(a, b);
    }

    private static String join(List<?> words) {
        return String.join(" or ", words.stream().map(String::valueOf).toList());
    }

    private static String shown(@Nullable Object value) {
        String text = Json.text(value);
        return text.length() > 80 ? text.substring(0, 80) + "…" : text;
    }
}
