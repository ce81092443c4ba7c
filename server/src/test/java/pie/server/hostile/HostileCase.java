package pie.server.hostile;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import pie.runtime.Language;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Hold one hostile behaviour: a program for it in each language, and how each must end. Read from the sections of {@code hostile/*.md}.
 *
 * @param quick whether it is tried in every run of the tests, and not only in the long one
 * @param programs what comes after the language's prelude
 * @param ends how it may end: error codes, or JSON of the value that it must return
 * @param launch what its launch has beside the source: {@code budget}, {@code permissions}, {@code input}
 * @param launches how often it is launched, one after the other
 * @param within the longest time from its launch to its end
 */
record HostileCase(
        String name,
        boolean quick,
        Map<Language, String> programs,
        Map<Language, List<String>> ends,
        ObjectNode launch,
        int launches,
        Duration within) {
    static final List<Language> LANGUAGES = List.of(Language.PYTHON, Language.JAVASCRIPT, Language.JAVA);

    private static final Path ROOT = Path.of(System.getProperty("pie.root", ".."));
    private static final Path PAGES = ROOT.resolve("server/src/test/resources/hostile");
    private static final Path PRELUDES = ROOT.resolve("polyglot-runtime/src/test/resources/conformance");
    private static final Map<Language, String> SHORT =
            Map.of(Language.PYTHON, "py", Language.JAVASCRIPT, "js", Language.JAVA, "java");

    /** Return all cases, or with {@code -Dpie.case=WORDS} those that are named so. */
    static List<HostileCase> all() {
        String wanted = System.getProperty("pie.case", "");
        try (Stream<Path> files = Files.list(PAGES)) {
            return files.sorted()
                    .filter(file -> file.toString().endsWith(".md"))
                    .flatMap(file -> Pattern.compile("^## (.*?)\n(.*?)(?=^## |\\z)", Pattern.DOTALL | Pattern.MULTILINE)
                            .matcher(text(file))
                            .results())
                    .filter(section -> section.group(1).contains(wanted))
                    .map(HostileCase::of)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static HostileCase of(MatchResult section) {
        String text = section.group(2);
        var programs = new LinkedHashMap<Language, String>();
        var ends = new LinkedHashMap<Language, List<String>>();
        for (Language language : LANGUAGES) {
            String fence = language == Language.PYTHON ? "python" : Objects.requireNonNull(SHORT.get(language));
            first(text, "```" + fence + "\n(.*?)```\n").ifPresent(code -> programs.put(language, code));
            String end = first(text, "^Ends \\(" + language.word() + "\\): (.*?)$")
                    .or(() -> first(text, "^Ends: (.*?)$"))
                    .orElseThrow(() -> new IllegalArgumentException("no end of " + section.group(1)));
            ends.put(language, List.of(end.split(" \\| ")));
        }
        var launch = JsonMapper.shared().createObjectNode();
        first(text, "^Launch: (.*?)$")
                .ifPresent(
                        more -> launch.setAll((ObjectNode) JsonMapper.shared().readTree(more)));
        return new HostileCase(
                section.group(1),
                first(text, "^(Quick)$").isPresent(),
                programs,
                ends,
                launch,
                first(text, "^Launches: (\\d+)$").map(Integer::valueOf).orElse(1),
                Duration.ofSeconds(
                        first(text, "^Within: (\\d+) s$").map(Long::valueOf).orElse(20L)));
    }

    /** Return what stands before every program of a language. */
    static String prelude(Language language) {
        return text(PRELUDES.resolve("prelude." + SHORT.get(language)));
    }

    /** Return the body of a launch in a language. */
    JsonNode body(Language language) {
        ObjectNode body = launch.deepCopy();
        ObjectNode source = body.putObject("source");
        source.put("language", language.word());
        source.put("code", prelude(language) + programs.get(language));
        return body;
    }

    /** Return what the programs of the long run can be told apart by. */
    static List<String> twice(List<HostileCase> cases) {
        var seen = new ArrayList<String>();
        var twice = new ArrayList<String>();
        for (HostileCase c : cases) {
            (seen.contains(c.name()) ? twice : seen).add(c.name());
        }
        return twice;
    }

    private static Optional<String> first(String text, String pattern) {
        return Pattern.compile(pattern, Pattern.DOTALL | Pattern.MULTILINE)
                .matcher(text)
                .results()
                .map(found -> found.group(1))
                .findFirst();
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
