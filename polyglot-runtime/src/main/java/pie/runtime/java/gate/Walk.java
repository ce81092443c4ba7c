package pie.runtime.java.gate;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Visit what {@code hashCode}, {@code equals} and {@code toString} of library containers would visit, with a check at each step: a
 * list of lists of lists with shared parts can hold more paths than anyone can wait for, and the library's own walk cannot be
 * stopped. Objects of the program's classes are left out, as their own methods check.
 */
public final class Walk {
    private Walk() {}

    public static void over(@Nullable Object o) {
        if (o == null || o instanceof String || o instanceof Number || o instanceof Character || o instanceof Boolean) {
            return;
        }
        nested(o);
    }

    private static void nested(Object o) {
        if (o.getClass().getClassLoader() != null) {
            return;
        }
        Gate.check();
        switch (o) {
            case Collection<?> c -> {
                for (Object e : c) {
                    if (e != o) {
                        over(e);
                    }
                }
            }
            case Map<?, ?> m -> {
                for (Map.Entry<?, ?> e : m.entrySet()) {
                    if (e.getKey() != o) {
                        over(e.getKey());
                    }
                    if (e.getValue() != o) {
                        over(e.getValue());
                    }
                }
            }
            case Map.Entry<?, ?> e -> {
                over(e.getKey());
                over(e.getValue());
            }
            case Object[] a -> {
                for (Object e : a) {
                    if (e != o) {
                        over(e);
                    }
                }
            }
            case Optional<?> p -> over(p.orElse(null));
            case AtomicReference<?> r -> over(r.get());
            default -> {}
        }
    }
}
