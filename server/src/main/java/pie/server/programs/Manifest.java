package pie.server.programs;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.runtime.Language;
import pie.runtime.NetworkRule;
import pie.runtime.Permissions;
import pie.runtime.ProgramSource;
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
 * @param permissions what the program asks for beyond computing
 * @param json all of it
 */
public record Manifest(
        String name,
        String version,
        Optional<Language> language,
        Optional<String> file,
        String entry,
        boolean keywords,
        boolean legacy,
        Permissions permissions,
        JsonNode json) {
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_-]{0,63}");
    private static final Map<String, Set<String>> KEYS = Map.of(
            "package",
                    Set.of("name", "version", "description", "authors", "repository", "readme", "license", "keywords"),
            "app", Set.of("instances", "max_concurrency", "public", "idle_timeout"),
            "runtime",
                    Set.of(
                            "language",
                            "file",
                            "entry",
                            "call",
                            "core",
                            "mcp",
                            "python-runtime",
                            "network",
                            "files",
                            "launch",
                            "publish"));
    private static final Pattern FILE = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_. -]{0,127}");
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
        String entry = runtime.path("entry").asString(ProgramSource.MAIN);
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
                permissions(runtime),
                root);
    }

    private static Permissions permissions(JsonNode runtime) {
        return new Permissions(
                network(runtime.path("network")),
                flag(runtime, "files", false),
                flag(runtime, "launch", true),
                flag(runtime, "publish", false));
    }

    private static boolean flag(JsonNode runtime, String key, boolean absent) {
        JsonNode node = runtime.path(key);
        if (!node.isMissingNode() && !node.isBoolean()) {
            throw invalid("runtime." + key + " must be true or false, got " + node);
        }
        return node.isBoolean() ? node.asBoolean() : absent;
    }

    private static NetworkRule network(JsonNode node) {
        if (node.isMissingNode() || node.isBoolean()) {
            return node.asBoolean(false) ? NetworkRule.ANY : NetworkRule.NONE;
        }
        if (!node.isArray() || node.valueStream().anyMatch(host -> !host.isString())) {
            throw invalid("runtime.network must be true, false or a list of hosts, got " + node);
        }
        try {
            return NetworkRule.of(node.valueStream().map(JsonNode::asString).toList());
        } catch (PieException e) {
            throw invalid("runtime." + e.message());
        }
    }

    /** Write a manifest that says no more than what a lone source file tells. */
    public static String minimal(String name, String version, Optional<Language> language, Optional<String> file) {
        checkName(name);
        checkVersion(version);
        var toml = new StringBuilder("[package]\nname = \"" + name + "\"\nversion = \"" + version + "\"\n");
        if (language.isPresent() || file.isPresent()) {
            toml.append("\n[runtime]\n");
        }
        language.ifPresent(l -> toml.append("language = \"").append(l.word()).append("\"\n"));
        file.ifPresent(f -> {
            if (!FILE.matcher(f).matches()) {
                throw PieException.invalid("file must be a plain file name, got \"" + f + "\"");
            }
            toml.append("file = \"").append(f).append("\"\n");
        });
        return toml.toString();
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

    /** Say whether a program may have this name. */
    public static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    /** @throws PieException INVALID_MANIFEST */
    static void checkName(String name) {
        if (!isName(name)) {
            throw invalid(
                    "package.name must have 1 to 64 of the characters A-Z a-z 0-9 _ -, a letter or digit first, got \""
                            + name + "\"");
        }
    }

    /** @throws PieException INVALID_MANIFEST */
    static void checkVersion(String version) {
        if (Version.of(version).isEmpty()) {
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

    /** Return the table of parameters, which is missing for a program that takes any input. */
    public JsonNode parameters() {
        return json.path("parameters");
    }

    public String description() {
        return json.path("package").path("description").asString("");
    }

    /** List the keys that this server knows nothing of, as {@code table.key}. */
    public List<String> unknownKeys() {
        List<String> unknown = new ArrayList<>();
        for (Map.Entry<String, JsonNode> table : json.properties()) {
            Set<String> known = KEYS.get(table.getKey());
            if (known == null && !table.getKey().equals("parameters")) {
                unknown.add(table.getKey());
            } else if (known != null && table.getValue().isObject()) {
                table.getValue().propertyNames().stream()
                        .filter(key -> !known.contains(key))
                        .forEach(key -> unknown.add(table.getKey() + "." + key));
            }
        }
        return unknown;
    }

    public String id() {
        return name + "@" + version;
    }
}
