package pie.engine.jinja;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What {@code set} and {@code for} write to. */
sealed interface Target {
    /** @throws JinjaException if the value does not fit */
    void set(Scope scope, @Nullable Object value);

    record Name(String name) implements Target {
        @Override
        public void set(Scope scope, @Nullable Object value) {
            scope.set(name, value);
        }
    }

    record OfNamespace(String name, String member) implements Target {
        @Override
        public void set(Scope scope, @Nullable Object value) {
            @Nullable Object base = scope.get(name);
            if (!(base instanceof Namespace namespace)) {
                throw new JinjaException(
                        "'" + name + "' is no namespace, and so '" + name + "." + member + "' cannot be set");
            }
            namespace.set(member, value);
        }
    }

    record Several(List<Target> targets) implements Target {
        @Override
        public void set(Scope scope, @Nullable Object value) {
            List<@Nullable Object> values = Values.list(value);
            if (values.size() != targets.size()) {
                throw new JinjaException(targets.size() + " values are needed, not " + values.size());
            }
            for (int i = 0; i < targets.size(); i++) {
                targets.get(i).set(scope, values.get(i));
            }
        }
    }
}
