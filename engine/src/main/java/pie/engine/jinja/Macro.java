package pie.engine.jinja;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A macro where it was defined; a call returns what it prints. */
final class Macro implements Members, Callable {
    private final MacroCode code;
    private final Scope scope;
    private int callers;

    Macro(MacroCode code, Scope scope) {
        this.code = code;
        this.scope = scope;
    }

    @Override
    public Object call(Arguments arguments) {
        Scope inner = scope.called(callers);
        Map<String, @Nullable Object> named = new LinkedHashMap<>(arguments.named());
        List<MacroCode.Parameter> parameters = code.parameters();
        for (int i = 0; i < parameters.size(); i++) {
            String name = parameters.get(i).name();
            Expression otherwise = parameters.get(i).otherwise();
            boolean given = named.containsKey(name);
            @Nullable Object byName = named.remove(name);
            if (i < arguments.count()) {
                inner.set(name, arguments.positional().get(i));
            } else if (given) {
                inner.set(name, byName);
            } else {
                inner.set(name, otherwise == null ? Undefined.name(name) : otherwise.value(inner));
            }
        }
        int taken = Math.min(parameters.size(), arguments.count());
        inner.set("caller", named.containsKey("caller") ? named.remove("caller") : Undefined.name("caller"));
        inner.set(
                "varargs",
                new Tuple(
                        arguments.positional().subList(taken, arguments.count()).toArray()));
        inner.set("kwargs", named);
        callers++;
        try {
            return code.body().printed(inner);
        } finally {
            callers--;
        }
    }

    @Override
    public @Nullable Object member(String name) {
        return name.equals("name") ? code.name() : new Undefined("a macro has no member '" + name + "'");
    }
}
