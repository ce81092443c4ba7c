package pie.engine.jinja;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The variables that a place of a template sees: its own, and those around it. */
final class Scope {
    /** Calls within calls, beyond which a template is taken to have no end. */
    private static final int DEEPEST = 200;

    private final @Nullable Scope around;
    private final Map<String, @Nullable Object> variables;
    private final int depth;

    Scope(Map<String, ? extends @Nullable Object> variables) {
        this(null, new HashMap<>(variables), 0);
    }

    private Scope(@Nullable Scope around, Map<String, @Nullable Object> variables, int depth) {
        this.around = around;
        this.variables = variables;
        this.depth = depth;
    }

    Scope inner() {
        return new Scope(this, new HashMap<>(), depth);
    }

    /** Return the scope of a call, from that of the definition. */
    Scope called(int callers) {
        if (callers >= DEEPEST) {
            throw new JinjaException("macros and loops call each other more than " + DEEPEST + " deep");
        }
        return new Scope(this, new HashMap<>(), callers + 1);
    }

    int depth() {
        return depth;
    }

    @Nullable
    Object get(String name) {
        for (Scope scope = this; scope != null; scope = scope.around) {
            @Nullable Object value = scope.variables.get(name);
            if (value != null || scope.variables.containsKey(name)) {
                return value;
            }
        }
        return Undefined.name(name);
    }

    void set(String name, @Nullable Object value) {
        variables.put(name, value);
    }
}
