package pie.runtime;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Hold one behaviour: a program for it in each language, and what all of them must return. Read from a page of {@code conformance/}.
 *
 * @param programs what comes after the language's prelude
 * @param files further files of each program, by name: blocks with {@code file=NAME}
 * @param expected the result as JSON
 * @param model name of the model that it runs on, empty for the first
 * @param receives messages that the client sends to the program
 * @param sends messages that it must send
 * @param needs permissions that it is launched with: network, files
 */
record ConformanceCase(
        String name,
        Map<Language, String> programs,
        Map<String, String> files,
        String expected,
        Optional<String> model,
        List<String> receives,
        List<String> sends,
        List<String> needs) {
    static final List<Language> LANGUAGES = List.of(Language.PYTHON, Language.JAVASCRIPT, Language.JAVA);

    private static final Map<Language, String> SHORT =
            Map.of(Language.PYTHON, "py", Language.JAVASCRIPT, "js", Language.JAVA, "java");
    private static final Path FOLDER = folder();

    /** Return all cases, or with {@code -Dpie.case=PATTERN} those whose page has a name in which that is found. */
    static List<ConformanceCase> all() {
        Pattern wanted = Pattern.compile(System.getProperty("pie.case", ""));
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.filter(file -> file.toString().endsWith(".md"))
                    .filter(file ->
                            wanted.matcher(file.getFileName().toString()).find())
                    .sorted()
                    .map(file -> of(text(file)))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ConformanceCase of(String page) {
        var programs = new EnumMap<Language, String>(Language.class);
        for (Language language : LANGUAGES) {
            String fence = language == Language.PYTHON ? "python" : SHORT.get(language);
            programs.put(language, first(page, "```" + fence + "\n(.*?)```\n"));
        }
        return new ConformanceCase(
                first(page, "^# (.*?)\n"),
                programs,
                files(page),
                first(page, "```json\n(.*?)\n```"),
                lines(page, "Model: (.+)").stream().findFirst(),
                lines(page, "Receives: `(.*)`"),
                lines(page, "Sends: `(.*)`"),
                lines(page, "Needs: (.+)"));
    }

    private static Map<String, String> files(String page) {
        return Pattern.compile("```\\w+ file=(\\S+)\n(.*?)```\n", Pattern.DOTALL)
                .matcher(page)
                .results()
                .collect(Collectors.toMap(found -> found.group(1), found -> found.group(2)));
    }

    /** Return the whole program. */
    String program(Language language) {
        return prelude(language) + programs.get(language);
    }

    /** Return what stands before every program of a language. */
    static String prelude(Language language) {
        return text(FOLDER.resolve("prelude." + SHORT.get(language)));
    }

    static List<String> members() {
        return text(FOLDER.resolve("members.txt")).lines().toList();
    }

    private static String first(String page, String pattern) {
        var found = Pattern.compile(pattern, Pattern.DOTALL).matcher(page);
        if (!found.find()) {
            throw new IllegalArgumentException("no " + pattern + " in " + page);
        }
        return found.group(1);
    }

    private static List<String> lines(String page, String pattern) {
        return Pattern.compile("^" + pattern + "$", Pattern.MULTILINE)
                .matcher(page)
                .results()
                .map(found -> found.group(1))
                .toList();
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path folder() {
        try {
            return Path.of(ConformanceCase.class.getResource("/conformance").toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
