package pie.runtime.java.gate;

import java.lang.reflect.Array;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.inferlet.Json;
import pie.inferlet.Session;

/**
 * Turn values of a program into JSON values: records into maps by component names, enums into their names, optionals into their value
 * or null, NaN and infinities into null, what has no JSON form into its {@code toString()}. Bounded in depth and number.
 */
public final class Plain {
    private static final int DEPTH = 200;
    private static final int NODES = 2_000_000;

    private int nodes;

    private Plain() {}

    public static @Nullable Object of(@Nullable Object value) {
        return new Plain().value(value, 0);
    }

    /** Return the text of a program's result. */
    public static String result(@Nullable Object value) {
        return switch (value) {
            case null -> "";
            case CharSequence s -> s.toString();
            default -> Json.text(of(value));
        };
    }

    @Replaces(value = Session.class, statically = true)
    public static void send(Object value) {
        Session.send(value instanceof CharSequence ? value : Json.text(of(value)));
    }

    @Replaces(value = Json.class, statically = true)
    public static String text(@Nullable Object value) {
        return Json.text(of(value));
    }

    private @Nullable Object value(@Nullable Object v, int depth) {
        Gate.check();
        if (++nodes > NODES || depth > DEPTH) {
            throw new PieException(
                    ErrorCode.INVALID_ARGUMENT,
                    "value: too large for JSON, the limits are " + NODES + " values and " + DEPTH + " levels");
        }
        return switch (v) {
            case null -> null;
            case String s -> s;
            case Double d -> Double.isFinite(d) ? d : null;
            case Float f -> Float.isFinite(f) ? f : null;
            case Number n when n.getClass().getClassLoader() == null -> n;
            case Boolean b -> b;
            case Enum<?> e -> e.name();
            case Record r -> record(r, depth);
            case Map<?, ?> m -> map(m, depth);
            case Iterable<?> i -> list(i, depth);
            case Optional<?> o -> value(o.orElse(null), depth);
            case OptionalInt o -> o.isPresent() ? o.getAsInt() : null;
            case OptionalLong o -> o.isPresent() ? o.getAsLong() : null;
            case OptionalDouble o -> o.isPresent() ? value(o.getAsDouble(), depth) : null;
            default -> v.getClass().isArray() ? array(v, depth) : v.toString();
        };
    }

    private Map<String, @Nullable Object> record(Record r, int depth) {
        var map = new LinkedHashMap<String, @Nullable Object>();
        for (RecordComponent c : r.getClass().getRecordComponents()) {
            map.put(c.getName(), value(component(r, c), depth + 1));
        }
        return map;
    }

    private static Object component(Record r, RecordComponent c) {
        try {
            c.getAccessor().setAccessible(true);
            return c.getAccessor().invoke(r);
        } catch (IllegalAccessException e) {
            throw new PieException(ErrorCode.INTERNAL, "cannot read " + c, Map.of(), e);
        } catch (InvocationTargetException e) {
            switch (e.getCause()) {
                case RuntimeException x -> throw x;
                case Error x -> throw x;
                case null, default -> throw new PieException(ErrorCode.GUEST_ERROR, c.getName() + ": " + e.getCause());
            }
        }
    }

    private Map<String, @Nullable Object> map(Map<?, ?> m, int depth) {
        var map = new LinkedHashMap<String, @Nullable Object>();
        for (Map.Entry<?, ?> e : m.entrySet()) {
            map.put(String.valueOf(value(e.getKey(), depth + 1)), value(e.getValue(), depth + 1));
        }
        return map;
    }

    private List<@Nullable Object> list(Iterable<?> i, int depth) {
        var list = new ArrayList<@Nullable Object>();
        for (Object o : i) {
            list.add(value(o, depth + 1));
        }
        return list;
    }

    private List<@Nullable Object> array(Object a, int depth) {
        int n = Array.getLength(a);
        Gate.atMost("an array for JSON in elements", n, NODES);
        var list = new ArrayList<@Nullable Object>(n);
        for (int i = 0; i < n; i++) {
            list.add(value(Array.get(a, i), depth + 1));
        }
        return list;
    }
}
