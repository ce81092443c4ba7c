package pie.engine.jinja;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Jinja's tests, as in {@code x is defined}. */
final class Tests {
    /** Say whether a test holds for a value. */
    @FunctionalInterface
    interface Test {
        boolean holds(@Nullable Object value, Arguments arguments);
    }

    private static final Map<String, Test> ALL = Map.ofEntries(
            Map.entry("defined", (v, a) -> !(v instanceof Undefined)),
            Map.entry("undefined", (v, a) -> v instanceof Undefined),
            Map.entry("none", (v, a) -> v == null),
            Map.entry("boolean", (v, a) -> v instanceof Boolean),
            Map.entry("true", (v, a) -> Boolean.TRUE.equals(v)),
            Map.entry("false", (v, a) -> Boolean.FALSE.equals(v)),
            Map.entry("integer", (v, a) -> v instanceof Long),
            Map.entry("float", (v, a) -> v instanceof Double),
            Map.entry("number", (v, a) -> Values.isNumber(v)),
            Map.entry("string", (v, a) -> v instanceof String),
            Map.entry("mapping", (v, a) -> v instanceof Map),
            Map.entry("sequence", (v, a) -> isSequence(v)),
            Map.entry("iterable", (v, a) -> isSequence(v) || v instanceof Iterable || v instanceof Undefined),
            Map.entry("callable", (v, a) -> v instanceof Callable || v instanceof Undefined),
            Map.entry("escaped", (v, a) -> false),
            Map.entry("filter", (v, a) -> Filters.exists(Values.text(v))),
            Map.entry("test", (v, a) -> exists(Values.text(v))),
            Map.entry("odd", (v, a) -> Math.floorMod(Values.integer(v), 2) == 1),
            Map.entry("even", (v, a) -> Math.floorMod(Values.integer(v), 2) == 0),
            Map.entry("divisibleby", (v, a) -> Math.floorMod(Values.integer(v), a.integer(0, "num", 0)) == 0),
            Map.entry("lower", (v, a) -> Values.text(v).equals(Values.text(v).toLowerCase(Locale.ROOT))),
            Map.entry("upper", (v, a) -> Values.text(v).equals(Values.text(v).toUpperCase(Locale.ROOT))),
            Map.entry("sameas", (v, a) -> isSame(v, a.need(0, "other"))),
            Map.entry("in", (v, a) -> Values.contains(a.need(0, "seq"), v)),
            compares("==", "eq"),
            compares("==", "equalto"),
            compares("==", "=="),
            compares("!=", "ne"),
            compares("!=", "!="),
            compares("<", "lt"),
            compares("<", "lessthan"),
            compares("<", "<"),
            compares("<=", "le"),
            compares("<=", "<="),
            compares(">", "gt"),
            compares(">", "greaterthan"),
            compares(">", ">"),
            compares(">=", "ge"),
            compares(">=", ">="));

    private Tests() {}

    /** @throws JinjaException if there is none of that name */
    static Test named(String name) {
        Test test = ALL.get(name);
        if (test == null) {
            throw new JinjaException("there is no test '" + name + "'");
        }
        return test;
    }

    static boolean exists(String name) {
        return ALL.containsKey(name);
    }

    private static Map.Entry<String, Test> compares(String operator, String name) {
        return Map.entry(name, (v, a) -> Expression.Compared.holds(operator, v, a.need(0, "other")));
    }

    private static boolean isSequence(@Nullable Object value) {
        return value instanceof String || value instanceof List || value instanceof Map;
    }

    private static boolean isSame(@Nullable Object left, @Nullable Object right) {
        boolean simple = left == null || left instanceof Boolean || left instanceof Long || left instanceof String;
        return simple ? java.util.Objects.equals(left, right) : left == right;
    }
}
