package pie.inferlet;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/** Derive the JSON Schema of a method's arguments from its parameter types, or of a type's values. */
final class ToolSchema {
    private static final Set<Class<?>> INTEGERS = Set.of(
            int.class,
            Integer.class,
            long.class,
            Long.class,
            short.class,
            Short.class,
            byte.class,
            Byte.class,
            BigInteger.class,
            OptionalInt.class,
            OptionalLong.class);
    private static final Set<Class<?>> NUMBERS = Set.of(
            double.class, Double.class, float.class, Float.class, Number.class, BigDecimal.class, OptionalDouble.class);
    private static final int DEEPEST = 16;

    private ToolSchema() {}

    static Map<String, Object> of(Method method) {
        var fields = new LinkedHashMap<String, Object>();
        var required = new ArrayList<String>();
        for (Parameter p : method.getParameters()) {
            fields.put(p.getName(), described(p, schema(p.getParameterizedType(), 0)));
            if (!optional(p.getType())) {
                required.add(p.getName());
            }
        }
        return object(fields, required);
    }

    /** Describe a value of a type: a record by its components. */
    static Map<String, Object> of(Class<?> type) {
        return schema(type, 0);
    }

    private static Map<String, Object> object(Map<String, Object> fields, List<String> required) {
        var schema = new LinkedHashMap<String, Object>();
        schema.put("type", "object");
        schema.put("properties", fields);
        schema.put("required", required);
        schema.put("additionalProperties", false);
        return schema;
    }

    private static boolean optional(Class<?> type) {
        return type == Optional.class
                || type == OptionalInt.class
                || type == OptionalLong.class
                || type == OptionalDouble.class;
    }

    private static Map<String, Object> described(AnnotatedElement element, Map<String, Object> schema) {
        Tool tool = element.getAnnotation(Tool.class);
        if (tool == null || tool.value().isEmpty()) {
            return schema;
        }
        var all = new LinkedHashMap<>(schema);
        all.put("description", tool.value());
        return all;
    }

    private static Map<String, Object> schema(Type type, int depth) {
        Class<?> raw = raw(type);
        if (depth > DEEPEST) {
            return Map.of();
        }
        if (raw == Optional.class) {
            return schema(argument(type, 0), depth + 1);
        }
        if (raw == String.class || raw == CharSequence.class) {
            return Map.of("type", "string");
        }
        if (raw == boolean.class || raw == Boolean.class) {
            return Map.of("type", "boolean");
        }
        if (INTEGERS.contains(raw)) {
            return Map.of("type", "integer");
        }
        if (NUMBERS.contains(raw)) {
            return Map.of("type", "number");
        }
        if (raw.isEnum()) {
            var names = new ArrayList<String>();
            for (Object constant : raw.getEnumConstants()) {
                names.add(((Enum<?>) constant).name());
            }
            return Map.of("enum", names);
        }
        if (raw.isArray()) {
            Type of = type instanceof GenericArrayType g ? g.getGenericComponentType() : raw.getComponentType();
            return list(schema(of, depth + 1));
        }
        if (Collection.class.isAssignableFrom(raw) || raw == Iterable.class) {
            return list(schema(argument(type, 0), depth + 1));
        }
        if (Map.class.isAssignableFrom(raw)) {
            return Map.of("type", "object", "additionalProperties", schema(argument(type, 1), depth + 1));
        }
        return raw.isRecord() ? record(raw, depth) : Map.of();
    }

    private static Map<String, Object> list(Map<String, Object> items) {
        var schema = new LinkedHashMap<String, Object>();
        schema.put("type", "array");
        schema.put("items", items);
        return schema;
    }

    private static Map<String, Object> record(Class<?> type, int depth) {
        var fields = new LinkedHashMap<String, Object>();
        var required = new ArrayList<String>();
        for (RecordComponent c : type.getRecordComponents()) {
            fields.put(c.getName(), described(c, schema(c.getGenericType(), depth + 1)));
            if (!optional(c.getType())) {
                required.add(c.getName());
            }
        }
        return object(fields, required);
    }

    private static Type argument(Type type, int i) {
        return type instanceof ParameterizedType p ? p.getActualTypeArguments()[i] : Object.class;
    }

    private static Class<?> raw(Type type) {
        return switch (type) {
            case Class<?> c -> c;
            case ParameterizedType p -> (Class<?>) p.getRawType();
            case GenericArrayType g -> Object[].class;
            default -> Object.class;
        };
    }
}
