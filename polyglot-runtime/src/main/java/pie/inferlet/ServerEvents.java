package pie.inferlet;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.BaseStream;
import org.jspecify.annotations.Nullable;

/** Frame server-sent events. */
final class ServerEvents {
    private static final List<String> FIELDS = List.of("event", "id", "retry", "data");

    private ServerEvents() {}

    static Iterator<String> framed(Object events) {
        Iterator<?> each = switch (events) {
            case Iterator<?> some -> some;
            case Iterable<?> some -> some.iterator();
            case BaseStream<?, ?> some -> some.iterator();
            default -> List.of(events).iterator();
        };
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return each.hasNext();
            }

            @Override
            public String next() {
                return frame(each.next());
            }
        };
    }

    private static String frame(@Nullable Object event) {
        Map<?, ?> fields = event instanceof Map<?, ?> map && !map.isEmpty() && FIELDS.containsAll(map.keySet())
                ? map
                : Map.of("data", event == null ? "null" : event);
        var lines = new ArrayList<String>();
        for (String field : FIELDS) {
            if (fields.containsKey(field)) {
                Object value = fields.get(field);
                String text = value instanceof String plain ? plain : Json.text(value);
                text.lines().forEach(line -> lines.add(field + ": " + line));
                if (text.isEmpty()) {
                    lines.add(field + ": ");
                }
            }
        }
        return String.join("\n", lines) + "\n\n";
    }
}
