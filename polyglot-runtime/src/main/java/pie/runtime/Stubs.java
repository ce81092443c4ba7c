package pie.runtime;

import java.util.LinkedHashMap;
import java.util.Map;
import pie.runtime.bridge.Resources;

/** Hold what tells editors and type checkers of the inferlet API. */
public final class Stubs {
    private Stubs() {}

    /** Return the stubs of a language by path; none for Java, whose API is classes. */
    public static Map<String, String> of(Language language) {
        return switch (language) {
            case PYTHON -> new LinkedHashMap<>(Resources.folder("stubs/python"));
            case JAVASCRIPT, TYPESCRIPT -> Map.of("inferlet.d.ts", Resources.text("stubs/js/inferlet.d.ts"));
            case JAVA -> Map.of();
        };
    }
}
