package pie.runtime.bridge;

import java.util.IdentityHashMap;
import java.util.Map;

/** Number the objects of the host that a guest holds, in the order in which they first appear. */
final class Handles {
    private final Map<Object, Integer> numbers = new IdentityHashMap<>();

    int number(Object handle) {
        return numbers.computeIfAbsent(handle, h -> numbers.size());
    }

    /** Let an object stand for a number. */
    void put(Object handle, int number) {
        numbers.put(handle, number);
    }
}
