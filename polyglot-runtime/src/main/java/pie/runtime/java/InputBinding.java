package pie.runtime.java;

import java.lang.reflect.Type;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import pie.engine.PieException;
import pie.inferlet.Json;
import pie.inferlet.JsonBinding;

/** Turn the input text into the parameter of an entry method: text, JSON value, or a record filled by component names. */
final class InputBinding {
    private InputBinding() {}

    /** Return the argument; runs the program's record constructors. */
    static @Nullable Object bind(String input, Class<?> type, Type generic) throws Throwable {
        if (type == String.class) {
            return input;
        }
        Object value = value(input);
        if (type == String[].class) {
            return value instanceof Map<?, ?> m && m.get("_positional") instanceof List<?> l
                    ? l.stream().map(String::valueOf).toArray(String[]::new)
                    : new String[0];
        }
        if (type == Object.class) {
            return value;
        }
        Object wrapped =
                value instanceof Map<?, ?> || type != Map.class && !type.isRecord() ? value : Map.of("input", value);
        return JsonBinding.convert(wrapped, type, generic, "input");
    }

    /** Read the input: empty or {@code []} is no arguments, what is no JSON is a field {@code input}. */
    private static Object value(String input) {
        if (input.isBlank()) {
            return new LinkedHashMap<String, Object>();
        }
        Object value;
        try {
            value = Json.parse(input, "input");
        } catch (PieException e) {
            var map = new LinkedHashMap<String, Object>();
            map.put("input", input);
            return map;
        }
        return value == null || value instanceof List<?> l && l.isEmpty() ? new LinkedHashMap<String, Object>() : value;
    }
}
