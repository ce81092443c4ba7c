package pie.engine.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The methods of Python's lists and dicts that change nothing; the others are out of reach, as in Jinja's immutable sandbox. */
final class CollectionMethods {
    private CollectionMethods() {}

    /** Return a method of a dict, null if dicts have none of that name. */
    static @Nullable Callable of(Map<?, ?> map, String name) {
        return switch (name) {
            case "get" ->
                a -> {
                    @Nullable Object key = a.need(0, "key");
                    return key != null && map.containsKey(key) ? Values.own(map.get(key)) : a.get(1, "default", null);
                };
            case "items" -> a -> items(map);
            case "keys" -> a -> Values.list(map);
            case "values" -> a -> Values.list(new ArrayList<>(map.values()));
            case "copy" -> a -> map;
            default -> null;
        };
    }

    static List<@Nullable Object> items(Map<?, ?> map) {
        List<@Nullable Object> items = new ArrayList<>(map.size());
        map.forEach((key, value) -> items.add(new Tuple(Values.own(key), Values.own(value))));
        return items;
    }

    /** Return a method of a list, null if lists have none of that name. */
    static @Nullable Callable of(List<?> list, String name) {
        return switch (name) {
            case "index" -> a -> index(list, a.need(0, "value"));
            case "count" ->
                a -> list.stream()
                        .filter(member -> Values.equal(Values.own(member), a.need(0, "value")))
                        .count();
            case "copy" -> a -> list;
            default -> null;
        };
    }

    private static long index(List<?> list, @Nullable Object value) {
        for (int i = 0; i < list.size(); i++) {
            if (Values.equal(Values.own(list.get(i)), value)) {
                return i;
            }
        }
        throw new JinjaException(Values.shown(value) + " is not in the list");
    }
}
