package pie.engine.jinja;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The one thing in a template whose members may be set, also from within a loop. */
final class Namespace implements Members {
    private final Map<String, @Nullable Object> members = new LinkedHashMap<>();

    Namespace(Map<?, ? extends @Nullable Object> members) {
        members.forEach((name, value) -> set(String.valueOf(name), value));
    }

    void set(String name, @Nullable Object value) {
        members.put(name, value);
    }

    @Override
    public @Nullable Object member(String name) {
        return members.containsKey(name)
                ? members.get(name)
                : new Undefined("the namespace has no member '" + name + "'");
    }
}
