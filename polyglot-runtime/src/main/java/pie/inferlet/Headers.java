package pie.inferlet;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import pie.engine.PieException;

/** Read and check HTTP headers, kept as names and values in turn. */
final class Headers {
    private Headers() {}

    /** Return values by name in lower case; of a name that comes several times they are joined by a comma. */
    static Map<String, String> map(List<String> flat) {
        var all = new LinkedHashMap<String, String>();
        for (int i = 0; i + 1 < flat.size(); i += 2) {
            all.merge(flat.get(i).toLowerCase(Locale.ROOT), flat.get(i + 1), (a, b) -> a + ", " + b);
        }
        return all;
    }

    /** Return the list with one more. @throws PieException INVALID_ARGUMENT for what no header may hold */
    static List<String> with(List<String> flat, String name, String value) {
        if (!name.matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+")
                || value.chars().anyMatch(c -> c == '\r' || c == '\n' || c == 0)) {
            throw PieException.invalid("header '" + name + "' cannot be sent");
        }
        var all = new ArrayList<>(flat);
        all.add(name);
        all.add(value);
        return all;
    }
}
