package pie.engine.kv;

import java.util.HashMap;
import java.util.Map;

/** Count the suspended contexts that will want a page again, by the key it is known by. */
final class WantedPages {
    private final Map<PageKey, Integer> counts = new HashMap<>();

    boolean contains(PageKey key) {
        return counts.containsKey(key);
    }

    void add(PageKey key) {
        counts.merge(key, 1, Integer::sum);
    }

    /** Return whether nobody wants the page any more. */
    boolean remove(PageKey key) {
        Integer left = counts.computeIfPresent(key, (k, n) -> n == 1 ? null : n - 1);
        return left == null;
    }

    int size() {
        return counts.size();
    }
}
