package pie.runtime.java.gate;

import org.jspecify.annotations.Nullable;
import pie.engine.PieException;

/** Refuse null where the inferlet API takes none: its methods are called with what passed here. */
public final class Given {
    private Given() {}

    /** @throws PieException INVALID_ARGUMENT that names the argument */
    public static void one(@Nullable Object value, String name) {
        if (value == null) {
            throw PieException.invalid(name + " must be given, got null");
        }
    }

    /** Look at what a list or an array holds, too. @throws PieException INVALID_ARGUMENT that names the argument */
    public static void all(@Nullable Object values, String name) {
        one(values, name);
        Iterable<?> items = values instanceof Object[] array ? java.util.Arrays.asList(array) : (Iterable<?>) values;
        int i = 0;
        for (Object item : java.util.Objects.requireNonNull(items)) {
            Gate.check();
            if (item == null) {
                throw PieException.invalid(name + "[" + i + "] must be given, got null");
            }
            i++;
        }
    }
}
