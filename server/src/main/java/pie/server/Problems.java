package pie.server;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Collect what is wrong with a JSON body, each problem with its JSON pointer. */
final class Problems {
    private static final int MAX = 20;

    private final List<Map<String, Object>> found = new ArrayList<>();

    static Map<String, Object> problem(String path, String problem) {
        return Map.of("path", path, "problem", problem);
    }

    void add(String path, String problem) {
        if (found.size() < MAX) {
            found.add(problem(path, problem));
        }
    }

    void wrong(String path, String expected, JsonNode got) {
        if (found.size() < MAX) {
            String text = got.toString();
            found.add(Map.of(
                    "path",
                    path,
                    "problem",
                    "must be " + expected,
                    "expected",
                    expected,
                    "got",
                    text.length() > 80 ? text.substring(0, 80) + "…" : text));
        }
    }

    /** Report each key that is not known. */
    void unknown(String path, ObjectNode object, Set<String> known) {
        for (String key : object.propertyNames()) {
            if (!known.contains(key)) {
                add(path + "/" + key.replace("~", "~0").replace("/", "~1"), "unknown key");
            }
        }
    }

    /** @throws PieException INVALID_ARGUMENT with {@code problems}, if there are any */
    void check(String what) {
        if (found.isEmpty()) {
            return;
        }
        Map<String, Object> first = found.getFirst();
        String more = found.size() > 1 ? " (and " + (found.size() - 1) + " more problems)" : "";
        throw new PieException(
                ErrorCode.INVALID_ARGUMENT,
                what + ": " + first.get("path") + " " + first.get("problem") + more,
                Map.of("problems", found));
    }
}
