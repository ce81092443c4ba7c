package pie.server;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.BiConsumer;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.market.Fixed;
import pie.engine.process.Budget;
import pie.engine.process.OwnerId;
import pie.runtime.Language;
import pie.runtime.LaunchRequest;
import pie.runtime.Permissions;
import pie.runtime.ProgramSource;
import pie.runtime.mcp.McpServer;
import pie.server.programs.ProgramStore;
import pie.server.programs.Stored;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Read a launch: a JSON object, or the source text itself. */
final class LaunchBody {
    private static final Set<String> KEYS = Set.of(
            "program",
            "source",
            "input",
            "model",
            "budget",
            "bid",
            "record",
            "profile",
            "permissions",
            "detach",
            "capture",
            "labels",
            "mcp",
            "seed");
    private static final Set<String> SOURCE_KEYS = Set.of("language", "code", "file", "entry", "files");
    private static final Set<String> BUDGET_KEYS = Set.of("tokens", "page_seconds", "pages", "wall", "cpu");

    /** Carry a request for the runtime, and whether the process outlives its stream and is recorded. */
    record Launch(LaunchRequest request, boolean detach, boolean record) {}

    private final ServerLimits limits;
    private final OwnerId owner;
    private final ProgramStore programs;
    private final Problems problems = new Problems();

    LaunchBody(ServerLimits limits, OwnerId owner, ProgramStore programs) {
        this.limits = limits;
        this.owner = owner;
        this.programs = programs;
    }

    /**
     * Read the JSON form.
     *
     * @throws PieException INVALID_ARGUMENT with {@code problems}, NOT_FOUND for a program by name
     */
    Launch read(JsonNode body) {
        if (!(body instanceof ObjectNode launch)) {
            throw PieException.invalid(
                    "a launch must be a JSON object with \"program\" or \"source\", got " + kind(body));
        }
        problems.unknown("", launch, KEYS);
        boolean named = launch.has("program");
        if (named == launch.has("source")) {
            problems.add(
                    "/source", named ? "cannot be given beside \"program\"" : "is missing: give this or \"program\"");
        }
        if (named && launch.has("permissions")) {
            problems.add("/permissions", "goes with \"source\"; what a stored program asks for is in its Pie.toml");
        }
        String program = text(launch, "program", "");
        String model = text(launch, "model", "");
        var budget = budget(launch.path("budget"));
        var labels = labels(launch.path("labels"));
        OptionalLong seed = seed(launch.path("seed"));
        OptionalDouble bid = bid(launch.path("bid"));
        boolean detach = flag(launch, "detach", false);
        boolean capture = flag(launch, "capture", true);
        boolean recorded = flag(launch, "record", false);
        boolean profiled = flag(launch, "profile", false);
        Optional<ProgramSource> source = launch.has("source") ? source(launch.get("source")) : Optional.empty();
        var asks = new PermissionsBody(problems);
        Permissions permissions = asks.permissions(launch.path("permissions"));
        Map<String, McpServer> servers = asks.servers(launch.path("mcp"));
        problems.check("launch");
        JsonNode given = launch.has("input") ? launch.get("input") : Json.object();
        Optional<Stored> stored = source.isEmpty() ? Optional.of(programs.resolve(owner, program)) : Optional.empty();
        JsonNode input = stored.map(s -> s.checked(given)).orElse(given);
        LaunchRequest request = new LaunchRequest(
                        owner,
                        stored.map(Stored::source).or(() -> source).orElseThrow(),
                        input.toString(),
                        model.isEmpty() ? Optional.empty() : Optional.of(model),
                        budget,
                        labels,
                        seed,
                        capture)
                .bidding(bid)
                .permitted(stored.map(s -> s.manifest().permissions()).orElse(permissions))
                .calling(servers);
        return new Launch(profiled ? request.profiling() : request, detach, recorded);
    }

    private Optional<ProgramSource> source(JsonNode node) {
        if (!(node instanceof ObjectNode source)) {
            problems.wrong("/source", "an object", node);
            return Optional.empty();
        }
        problems.unknown("/source", source, SOURCE_KEYS);
        String file = string(source.path("file"), "/source/file", "");
        String code = string(source.path("code"), "/source/code", "");
        String entry = string(source.path("entry"), "/source/entry", ProgramSource.MAIN);
        if (!source.has("code")) {
            problems.add("/source/code", "is missing");
        }
        Optional<Language> language = language(source.path("language"), file);
        var files = new LinkedHashMap<String, String>();
        strings(source.path("files"), "/source/files", (path, text) -> {
            if (path.isEmpty() || path.startsWith("/") || path.contains("..") || path.contains("\\")) {
                problems.add("/source/files/" + path, "must be a relative path without \"..\"");
            }
            files.put(path, text);
        });
        checkSize("source.code", code.length(), limits.source());
        checkSize(
                "source.files",
                files.values().stream().mapToLong(String::length).sum(),
                limits.sourceFiles());
        return language.map(l -> new ProgramSource(l, file.isEmpty() ? l.defaultFile() : file, code, files, entry));
    }

    /** @throws PieException PAYLOAD_TOO_LARGE above the limit */
    static void checkSize(String what, long size, int limit) {
        if (size > limit) {
            throw new PieException(
                    ErrorCode.PAYLOAD_TOO_LARGE,
                    "\"" + what + "\" has " + size + " characters, more than " + limit,
                    Map.of("limit", limit, "size", size));
        }
    }

    private Optional<Language> language(JsonNode node, String file) {
        if (node.isMissingNode()) {
            Optional<Language> byFile = Language.ofFile(file);
            if (byFile.isEmpty()) {
                problems.add("/source/language", "is missing: python, javascript, typescript or java");
            }
            return byFile;
        }
        Optional<Language> language = node.isString() ? Language.ofWord(node.asString()) : Optional.empty();
        if (language.isEmpty()) {
            problems.wrong("/source/language", "one of python, javascript, typescript, java", node);
        }
        return language;
    }

    private Budget budget(JsonNode node) {
        if (node.isMissingNode() || node.isNull()) {
            return Budget.UNLIMITED;
        }
        if (!(node instanceof ObjectNode budget)) {
            problems.wrong("/budget", "an object", node);
            return Budget.UNLIMITED;
        }
        problems.unknown("/budget", budget, BUDGET_KEYS);
        JsonNode tokens = budget.path("tokens");
        boolean counted = tokens.isIntegralNumber() && tokens.canConvertToLong() && tokens.asLong() > 0;
        if (!tokens.isMissingNode() && !counted) {
            problems.wrong("/budget/tokens", "a positive whole number", tokens);
        }
        JsonNode pages = budget.path("pages");
        boolean numbered = pages.isIntegralNumber() && pages.canConvertToInt() && pages.asInt() > 0;
        if (!pages.isMissingNode() && !numbered) {
            problems.wrong("/budget/pages", "a positive whole number", pages);
        }
        JsonNode pageSeconds = budget.path("page_seconds");
        boolean timed = pageSeconds.isNumber() && pageSeconds.asDouble() > 0 && Double.isFinite(pageSeconds.asDouble());
        if (!pageSeconds.isMissingNode() && !timed) {
            problems.wrong("/budget/page_seconds", "a positive number", pageSeconds);
        }
        return new Budget(
                counted ? OptionalLong.of(tokens.asLong()) : OptionalLong.empty(),
                span(budget.path("wall"), "/budget/wall"),
                span(budget.path("cpu"), "/budget/cpu"),
                numbered ? OptionalInt.of(pages.asInt()) : OptionalInt.empty(),
                timed ? OptionalDouble.of(pageSeconds.asDouble()) : OptionalDouble.empty());
    }

    private Optional<Duration> span(JsonNode node, String path) {
        if (node.isMissingNode()) {
            return Optional.empty();
        }
        Optional<Duration> span = node.isNumber()
                ? Durations.parse(node.decimalValue().toPlainString())
                : node.isString() ? Durations.parse(node.asString()) : Optional.empty();
        if (span.isEmpty() || span.get().isZero()) {
            problems.wrong(path, "a positive number of seconds, or a number with ms, s, m or h", node);
            return Optional.empty();
        }
        return span;
    }

    private Map<String, String> labels(JsonNode node) {
        var labels = new LinkedHashMap<String, String>();
        strings(node, "/labels", (name, value) -> {
            if (name.isEmpty() || name.length() > limits.label() || value.length() > limits.label()) {
                problems.add("/labels/" + name, "must have 1 to " + limits.label() + " characters in name and value");
            }
            labels.put(name, value);
        });
        if (labels.size() > limits.labels()) {
            problems.add("/labels", "must have at most " + limits.labels() + " entries, got " + labels.size());
        }
        return labels;
    }

    private OptionalLong seed(JsonNode node) {
        if (node.isMissingNode() || node.isNull()) {
            return OptionalLong.empty();
        }
        if (!node.isIntegralNumber() || !node.canConvertToLong()) {
            problems.wrong("/seed", "a whole number of 64 bits", node);
            return OptionalLong.empty();
        }
        return OptionalLong.of(node.asLong());
    }

    private OptionalDouble bid(JsonNode node) {
        if (node.isMissingNode() || node.isNull()) {
            return OptionalDouble.empty();
        }
        double value = node.isNumber() ? node.asDouble() : -1;
        if (!(value >= 0 && value <= Fixed.MOST_BID)) {
            problems.wrong("/bid", "a number of credits from 0 to 1000000", node);
            return OptionalDouble.empty();
        }
        return OptionalDouble.of(value);
    }

    private void strings(JsonNode node, String path, BiConsumer<String, String> each) {
        if (node.isMissingNode() || node.isNull()) {
            return;
        }
        if (!(node instanceof ObjectNode object)) {
            problems.wrong(path, "an object of strings", node);
            return;
        }
        for (Map.Entry<String, JsonNode> e : object.properties()) {
            if (e.getValue().isString()) {
                each.accept(e.getKey(), e.getValue().asString());
            } else {
                problems.wrong(path + "/" + e.getKey(), "a string", e.getValue());
            }
        }
    }

    private String text(ObjectNode object, String key, String absent) {
        return string(object.path(key), "/" + key, absent);
    }

    private String string(JsonNode node, String path, String absent) {
        if (node.isMissingNode() || node.isNull()) {
            return absent;
        }
        if (!node.isString()) {
            problems.wrong(path, "a string", node);
            return absent;
        }
        return node.asString();
    }

    private boolean flag(ObjectNode object, String key, boolean absent) {
        JsonNode node = object.path(key);
        if (node.isMissingNode()) {
            return absent;
        }
        if (!node.isBoolean()) {
            problems.wrong("/" + key, "true or false", node);
            return absent;
        }
        return node.asBoolean();
    }

    static String kind(JsonNode node) {
        return node.getNodeType().name().toLowerCase(java.util.Locale.ROOT);
    }
}
