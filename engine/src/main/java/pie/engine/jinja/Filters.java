package pie.engine.jinja;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Jinja's filters, as in {@code x | trim}; lists are given back where Python's would be lazy. */
final class Filters {
    /** Turn a value into another. */
    @FunctionalInterface
    interface Filter {
        @Nullable
        Object apply(@Nullable Object value, Arguments arguments);
    }

    private static final Map<String, Filter> ALL = new HashMap<>();

    static {
        ALL.put("abs", (v, a) -> v instanceof Double d ? (Object) Math.abs(d) : Math.absExact(Values.integer(v)));
        ALL.put("attr", (v, a) -> Values.attribute(v, a.text(0, "name")));
        ALL.put("batch", (v, a) -> batches(Values.list(v), a));
        ALL.put("capitalize", (v, a) -> Strings.capitalized(Values.text(v)));
        ALL.put("center", (v, a) -> centered(Values.text(v), a.integer(0, "width", 80)));
        ALL.put("default", Filters::otherwise);
        ALL.put("dictsort", Filters::sortedItems);
        ALL.put("escape", (v, a) -> escaped(Values.text(v)));
        ALL.put(
                "first",
                (v, a) -> Values.list(v).stream().findFirst().orElseGet(() -> new Undefined("there is no first")));
        ALL.put("float", (v, a) -> real(v, a.get(0, "default", 0.0)));
        ALL.put(
                "format",
                (v, a) -> Formats.percent(
                        Values.text(v), a.count() > 0 ? new Tuple(a.positional().toArray()) : a.named()));
        ALL.put("groupby", (v, a) -> groups(Values.list(v), a.text(0, "attribute")));
        ALL.put("indent", (v, a) -> indented(Values.text(v), a));
        ALL.put("int", (v, a) -> integer(v, a));
        ALL.put("items", (v, a) -> items(v));
        ALL.put(
                "join",
                (v, a) -> Strings.joined(Values.text(a.get(0, "d", "")), attributes(v, a.get(1, "attribute", null))));
        ALL.put("last", (v, a) -> last(Values.list(v)));
        ALL.put("length", (v, a) -> Values.length(v));
        ALL.put("list", (v, a) -> Values.list(v));
        ALL.put("lower", (v, a) -> Values.text(v).toLowerCase(Locale.ROOT));
        ALL.put("map", (v, a) -> mapped(some(v), a));
        ALL.put("max", (v, a) -> extreme(v, a, true));
        ALL.put("min", (v, a) -> extreme(v, a, false));
        ALL.put("reject", (v, a) -> chosen(v, test(a), false));
        ALL.put("rejectattr", (v, a) -> chosen(v, attributeTest(a), false));
        ALL.put(
                "replace",
                (v, a) -> StringMethods.replaced(
                        Values.text(v), a.text(0, "old"), a.text(1, "new"), a.integer(2, "count", -1)));
        ALL.put("reverse", (v, a) -> reversed(v));
        ALL.put("round", (v, a) -> rounded(Values.real(v), a));
        ALL.put("safe", (v, a) -> v);
        ALL.put("select", (v, a) -> chosen(v, test(a), true));
        ALL.put("selectattr", (v, a) -> chosen(v, attributeTest(a), true));
        ALL.put("sort", Filters::sorted);
        ALL.put("string", (v, a) -> Values.text(v));
        ALL.put(
                "sum",
                (v, a) -> attributes(v, a.get(0, "attribute", null)).stream()
                        .reduce(a.get(1, "start", 0L), (x, y) -> Operators.apply("+", x, y)));
        ALL.put("title", (v, a) -> Strings.titled(Values.text(v)));
        ALL.put("tojson", (v, a) -> Json.of(a).write(v));
        ALL.put(
                "trim",
                (v, a) -> Strings.strip(Values.text(v), a.has(0, "chars") ? a.text(0, "chars") : null, true, true));
        ALL.put("unique", (v, a) -> unique(Values.list(v), a));
        ALL.put("upper", (v, a) -> Values.text(v).toUpperCase(Locale.ROOT));
        ALL.put(
                "urlencode",
                (v, a) -> URLEncoder.encode(Values.text(v), StandardCharsets.UTF_8)
                        .replace("+", "%20")
                        .replace("%2F", "/"));
        ALL.put("wordcount", (v, a) -> (long) Values.text(v).strip().split("\\s+").length);
        ALL.put("d", ALL.get("default"));
        ALL.put("e", ALL.get("escape"));
        ALL.put("count", ALL.get("length"));
    }

    private Filters() {}

    /** @throws JinjaException if there is none of that name */
    static Filter named(String name) {
        Filter filter = ALL.get(name);
        if (filter == null) {
            throw new JinjaException("there is no filter '" + name + "'");
        }
        return filter;
    }

    static boolean exists(String name) {
        return ALL.containsKey(name);
    }

    private static @Nullable Object otherwise(@Nullable Object value, Arguments arguments) {
        boolean none = value instanceof Undefined || arguments.truth(1, "boolean", false) && !Values.truth(value);
        return none ? arguments.get(0, "default_value", "") : value;
    }

    private static List<@Nullable Object> items(@Nullable Object value) {
        return switch (value) {
            case Map<?, ?> map -> CollectionMethods.items(map);
            case Undefined u -> List.of();
            case null, default ->
                throw new JinjaException("items are those of a dict, not of '" + Values.type(value) + "'");
        };
    }

    private static @Nullable Object last(List<@Nullable Object> list) {
        return list.isEmpty() ? new Undefined("there is no last") : list.getLast();
    }

    private static Object reversed(@Nullable Object value) {
        List<@Nullable Object> list = new ArrayList<>(Values.list(value));
        Collections.reverse(list);
        return value instanceof String ? Strings.joined("", list) : list;
    }

    private static Object integer(@Nullable Object value, Arguments arguments) {
        try {
            return switch (value) {
                case Double d -> d.longValue();
                case String s
                when arguments.has(1, "base") -> Long.parseLong(s.strip(), (int) arguments.integer(1, "base", 10));
                case String s -> s.contains(".") ? (long) Double.parseDouble(s.strip()) : Long.parseLong(s.strip());
                case null, default -> Values.integer(value);
            };
        } catch (NumberFormatException | JinjaException e) {
            return arguments.integer(0, "default", 0); // as Jinja has it: what is no number is the default
        }
    }

    private static @Nullable Object real(@Nullable Object value, @Nullable Object otherwise) {
        try {
            return value instanceof String s ? (Object) Double.parseDouble(s.strip()) : (Object) Values.real(value);
        } catch (NumberFormatException | JinjaException e) {
            return otherwise; // likewise
        }
    }

    private static double rounded(double value, Arguments arguments) {
        double scale = Math.pow(10, arguments.integer(0, "precision", 0));
        return switch (Values.text(arguments.get(1, "method", "common"))) {
            case "ceil" -> Math.ceil(value * scale) / scale;
            case "floor" -> Math.floor(value * scale) / scale;
            default -> Math.rint(value * scale) / scale;
        };
    }

    private static String centered(String text, long width) {
        long missing = Math.clamp(width - Values.length(text), 0, 1 << 16);
        // Python puts the odd space to the left where the width is odd
        int left = (int) (missing / 2 + (missing & width & 1));
        return " ".repeat(left) + text + " ".repeat((int) missing - left);
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&#34;")
                .replace("'", "&#39;");
    }

    private static String indented(String text, Arguments arguments) {
        @Nullable Object width = arguments.get(0, "width", 4L);
        String indent = width instanceof String s ? s : " ".repeat(Math.clamp(Values.integer(width), 0, 1000));
        boolean first = arguments.truth(1, "first", false);
        boolean blank = arguments.truth(2, "blank", false);
        var indented = new StringBuilder();
        String[] lines = text.split("\n", -1);
        for (int i = 0; i < lines.length; i++) {
            boolean indents = i == 0 ? first : blank || !lines[i].isEmpty();
            indented.append(i > 0 ? "\n" : "").append(indents ? indent : "").append(lines[i]);
        }
        return indented.toString();
    }

    private static List<@Nullable Object> batches(List<@Nullable Object> list, Arguments arguments) {
        int size = Math.clamp(arguments.integer(0, "linecount", 1), 1, Integer.MAX_VALUE);
        List<@Nullable Object> batches = new ArrayList<>();
        for (int i = 0; i < list.size(); i += size) {
            List<@Nullable Object> batch = new ArrayList<>(list.subList(i, Math.min(list.size(), i + size)));
            while (arguments.has(1, "fill_with") && batch.size() < size) {
                batch.add(arguments.get(1, "fill_with", null));
            }
            batches.add(batch);
        }
        return batches;
    }

    /** Return what a path such as {@code a.b.0} leads to. */
    private static @Nullable Object attribute(@Nullable Object value, @Nullable Object path) {
        if (!(path instanceof String names)) {
            return Values.item(value, path);
        }
        @Nullable Object end = value;
        for (String name : names.split("\\.")) {
            boolean place = !name.isEmpty() && name.chars().allMatch(c -> c >= '0' && c <= '9');
            end = Values.item(end, place ? (Object) Long.valueOf(name) : name);
        }
        return end;
    }

    private static List<@Nullable Object> attributes(@Nullable Object value, @Nullable Object path) {
        List<@Nullable Object> list = Values.list(value);
        if (path != null) {
            list.replaceAll(member -> attribute(member, path));
        }
        return list;
    }

    private static List<@Nullable Object> mapped(List<@Nullable Object> list, Arguments arguments) {
        List<@Nullable Object> mapped = new ArrayList<>();
        if (arguments.count() == 0) {
            @Nullable Object path = arguments.need(0, "attribute");
            @Nullable Object otherwise = arguments.get(1, "default", null);
            for (@Nullable Object member : list) {
                @Nullable Object found = attribute(member, path);
                mapped.add(found instanceof Undefined && otherwise != null ? otherwise : found);
            }
            return mapped;
        }
        Filter filter = named(arguments.text(0, "filter"));
        Arguments rest = arguments.without(1);
        list.forEach(member -> mapped.add(Values.own(filter.apply(member, rest))));
        return mapped;
    }

    /** Return the members; none of None, which Jinja's filters that choose or map do not go over. */
    private static List<@Nullable Object> some(@Nullable Object value) {
        return Values.truth(value) ? Values.list(value) : List.of();
    }

    private static Predicate<@Nullable Object> test(Arguments arguments) {
        if (arguments.count() == 0) {
            return Values::truth;
        }
        Tests.Test test = Tests.named(arguments.text(0, "test"));
        Arguments rest = arguments.without(1);
        return value -> test.holds(value, rest);
    }

    private static Predicate<@Nullable Object> attributeTest(Arguments arguments) {
        @Nullable Object path = arguments.need(0, "attribute");
        Predicate<@Nullable Object> test = test(arguments.without(1));
        return value -> test.test(attribute(value, path));
    }

    private static List<@Nullable Object> chosen(
            @Nullable Object value, Predicate<@Nullable Object> test, boolean wanted) {
        List<@Nullable Object> chosen = new ArrayList<>();
        for (@Nullable Object member : some(value)) {
            if (test.test(member) == wanted) {
                chosen.add(member);
            }
        }
        return chosen;
    }

    private static Comparator<@Nullable Object> order(boolean caseSensitive) {
        return (a, b) -> Values.compare(folded(a, caseSensitive), folded(b, caseSensitive));
    }

    private static @Nullable Object folded(@Nullable Object value, boolean caseSensitive) {
        return value instanceof String s && !caseSensitive ? s.toLowerCase(Locale.ROOT) : value;
    }

    private static List<@Nullable Object> sorted(@Nullable Object value, Arguments arguments) {
        List<@Nullable Object> sorted = new ArrayList<>(Values.list(value));
        Comparator<@Nullable Object> order = order(arguments.truth(1, "case_sensitive", false));
        @Nullable Object path = arguments.get(2, "attribute", null);
        Comparator<@Nullable Object> whole = order;
        if (path != null) {
            whole = (a, b) -> 0;
            for (String each : Values.text(path).split(",")) {
                whole = whole.thenComparing((a, b) -> order.compare(attribute(a, each), attribute(b, each)));
            }
        }
        sorted.sort(arguments.truth(0, "reverse", false) ? whole.reversed() : whole);
        return sorted;
    }

    private static List<@Nullable Object> sortedItems(@Nullable Object value, Arguments arguments) {
        List<@Nullable Object> items = new ArrayList<>(items(value));
        int place = Values.text(arguments.get(1, "by", "key")).equals("value") ? 1 : 0;
        Comparator<@Nullable Object> order = order(arguments.truth(0, "case_sensitive", false));
        Comparator<@Nullable Object> byPlace = (a, b) ->
                order.compare(Values.list(a).get(place), Values.list(b).get(place));
        items.sort(arguments.truth(2, "reverse", false) ? byPlace.reversed() : byPlace);
        return items;
    }

    private static List<@Nullable Object> groups(List<@Nullable Object> list, String path) {
        List<@Nullable Object> sorted = new ArrayList<>(list);
        Comparator<@Nullable Object> order = order(false);
        sorted.sort((a, b) -> order.compare(attribute(a, path), attribute(b, path)));
        Map<@Nullable Object, List<@Nullable Object>> groups = new LinkedHashMap<>();
        sorted.forEach(member -> groups.computeIfAbsent(attribute(member, path), key -> new ArrayList<>())
                .add(member));
        return CollectionMethods.items(groups);
    }

    private static List<@Nullable Object> unique(List<@Nullable Object> list, Arguments arguments) {
        boolean caseSensitive = arguments.truth(0, "case_sensitive", false);
        @Nullable Object path = arguments.get(1, "attribute", null);
        List<@Nullable Object> seen = new ArrayList<>();
        List<@Nullable Object> unique = new ArrayList<>();
        for (@Nullable Object member : list) {
            @Nullable Object key = folded(path == null ? member : attribute(member, path), caseSensitive);
            if (seen.stream().noneMatch(other -> Values.equal(other, key))) {
                seen.add(key);
                unique.add(member);
            }
        }
        return unique;
    }

    private static @Nullable Object extreme(@Nullable Object value, Arguments arguments, boolean most) {
        Comparator<@Nullable Object> order = order(arguments.truth(0, "case_sensitive", false));
        @Nullable Object path = arguments.get(1, "attribute", null);
        Comparator<@Nullable Object> by =
                path == null ? order : (a, b) -> order.compare(attribute(a, path), attribute(b, path));
        List<@Nullable Object> list = Values.list(value);
        if (list.isEmpty()) {
            return new Undefined("there is nothing to choose from");
        }
        return most ? Collections.max(list, by) : Collections.min(list, by);
    }
}
