package pie.server.programs;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.runtime.Language;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.toml.TomlMapper;

/**
 * Read {@code Pie.toml}.
 *
 * @param language empty where the manifest leaves it to the source
 * @param file name of the source file, empty for the language's own
 * @param entry name of the entry function
 * @param keywords whether the entry takes the input's fields as arguments of their own
 * @param legacy whether it is of a dialect in which parameters were documentation
 */
public record Manifest(
        String name,
        String version,
        Optional<Language> language,
        Optional<String> file,
        String entry,
        boolean keywords,
        boolean legacy,
        JsonNode parameters) {
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_-]{0,63}");
    private static final Pattern VERSION = Pattern.compile("\\d{1,9}\\.\\d{1,9}\\.\\d{1,9}");
    private static final Pattern ENTRY = Pattern.compile("[A-Za-z_$][A-Za-z0-9_$]*");

    /** @throws PieException INVALID_MANIFEST */
    public static Manifest parse(String toml) {
        JsonNode root;
        try {
            root = TomlMapper.shared().readTree(toml);
        } catch (JacksonException e) {
            throw invalid(e.getOriginalMessage());
        }
        String name = text(root, "package", "name");
        String version = text(root, "package", "version");
        checkName(name);
        checkVersion(version);
        JsonNode runtime = root.path("runtime");
        String entry = runtime.path("entry").asString("main");
        if (!ENTRY.matcher(entry).matches()) {
            throw invalid("runtime.entry must be the name of a function, got \"" + entry + "\"");
        }
        Optional<String> file = Optional.of(runtime.path("file").asString("")).filter(f -> !f.isEmpty());
        return new Manifest(
                name,
                version,
                language(runtime, file),
                file,
                entry,
                runtime.path("call").asString("").equals("kwargs"),
                runtime.has("core"),
                root.path("parameters"));
    }

    private static Optional<Language> language(JsonNode runtime, Optional<String> file) {
        if (runtime.has("language")) {
            String word = runtime.path("language").asString("");
            return Optional.of(Language.ofWord(word)
                    .orElseThrow(() -> invalid(
                            "runtime.language must be python, javascript, typescript or java, got \"" + word + "\"")));
        }
        if (runtime.has("python-runtime")) {
            return Optional.of(Language.PYTHON);
        }
        return file.flatMap(Language::ofFile);
    }

    /** @throws PieException INVALID_MANIFEST */
    static void checkName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw invalid(
                    "package.name must have 1 to 64 of the characters A-Z a-z 0-9 _ -, a letter or digit first, got \""
                            + name + "\"");
        }
    }

    /** @throws PieException INVALID_MANIFEST */
    static void checkVersion(String version) {
        if (!VERSION.matcher(version).matches()) {
            throw invalid("package.version must be major.minor.patch, got \"" + version + "\"");
        }
    }

    private static String text(JsonNode root, String table, String key) {
        JsonNode node = root.path(table).path(key);
        if (!node.isString()) {
            throw invalid("[" + table + "] " + key + " is missing, or no string");
        }
        return node.asString();
    }

    static PieException invalid(String message) {
        return new PieException(ErrorCode.INVALID_MANIFEST, message, Map.of());
    }

    public String id() {
        return name + "@" + version;
    }
}
