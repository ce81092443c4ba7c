package pie.runtime.js;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import pie.engine.PieException;
import pie.inferlet.Json;

/** Find modules of packages that lie in the program's directory: {@code node_modules/NAME}, or {@code NAME}. */
final class PackageFiles {
    private static final List<String> CONDITIONS = List.of("import", "module", "default");

    private final List<String> folders;
    private final Function<String, @Nullable String> text;

    /** @param text returns the content of a file, null for none */
    PackageFiles(String app, Function<String, @Nullable String> text) {
        this.folders = List.of(app + "node_modules/", app);
        this.text = text;
    }

    /** Return the file that a specifier such as {@code left-pad}, {@code @scope/name} or {@code name/part} stands for. */
    @Nullable
    String find(String specifier) {
        int slash = specifier.indexOf('/', specifier.startsWith("@") ? specifier.indexOf('/') + 1 : 0);
        String name = slash < 0 ? specifier : specifier.substring(0, slash);
        String part = slash < 0 ? "." : "." + specifier.substring(slash);
        for (String folder : folders) {
            @Nullable String found = within(folder + name + "/", part);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    private @Nullable String within(String folder, String part) {
        @Nullable String manifest = text.apply(folder + "package.json");
        if (manifest != null && parsed(manifest) instanceof Map<?, ?> fields) {
            @Nullable Object exported = exported(fields.get("exports"), part);
            if (exported instanceof String file) {
                return existing(folder, file);
            }
            if (part.equals(".")) {
                for (String key : new String[] {"module", "main"}) {
                    @Nullable String found = fields.get(key) instanceof String file ? existing(folder, file) : null;
                    if (found != null) {
                        return found;
                    }
                }
            }
        }
        return existing(folder, part.equals(".") ? "index" : part);
    }

    private static @Nullable Object parsed(String manifest) {
        try {
            return Json.parse(manifest, "package.json");
        } catch (PieException broken) {
            return null;
        }
    }

    /** Read {@code exports}: a file, conditions, or parts of which each is one of these. */
    private static @Nullable Object exported(@Nullable Object exports, String part) {
        if (exports instanceof Map<?, ?> map) {
            if (map.keySet().stream().anyMatch(key -> String.valueOf(key).startsWith("."))) {
                return exported(map.get(part), ".");
            }
            for (String condition : CONDITIONS) {
                @Nullable Object found = exported(map.get(condition), part);
                if (found != null) {
                    return found;
                }
            }
            return null;
        }
        return part.equals(".") ? exports : null;
    }

    private @Nullable String existing(String folder, String file) {
        String name = folder + (file.startsWith("./") ? file.substring(2) : file);
        for (String candidate : new String[] {name, name + ".js", name + ".mjs", name + ".ts", name + "/index.js"}) {
            if (text.apply(candidate) != null) {
                return candidate;
            }
        }
        return null;
    }
}
