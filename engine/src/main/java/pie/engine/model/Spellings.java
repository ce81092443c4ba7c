package pie.engine.model;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Find out quickly whether a text contains any of some spellings. */
final class Spellings {
    private final Map<Character, List<String>> byFirst = new HashMap<>();

    Spellings(List<String> spellings) {
        for (String spelling : spellings) {
            if (!spelling.isEmpty()) {
                byFirst.computeIfAbsent(spelling.charAt(0), first -> new ArrayList<>())
                        .add(spelling);
            }
        }
    }

    boolean anyIn(String text) {
        for (Map.Entry<Character, List<String>> group : byFirst.entrySet()) {
            char first = group.getKey();
            for (int at = text.indexOf(first); at >= 0; at = text.indexOf(first, at + 1)) {
                for (String spelling : group.getValue()) {
                    if (text.startsWith(spelling, at)) {
                        return true;
                    }
                }
            }
        }
        return false;
    }
}
