package pie.server.programs;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import pie.engine.PieException;
import pie.runtime.Language;
import pie.runtime.ProgramSource;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Make a program of several files. Its {@code Pie.toml} names the file that begins, else the names of the files do. */
public final class ProgramTexts {
    /** Name of the file that describes a program. */
    public static final String MANIFEST = "Pie.toml";

    private static final List<String> STUBS = List.of(".pyi", ".d.ts");
    private static final List<String> BEGINNINGS =
            List.of("main.py", "app.py", "index.ts", "index.js", "index.mjs", "Main.java");
    private static final Pattern JAVA_BEGINNING = Pattern.compile("\\b(main|handle)\\s*\\(");

    private final Map<String, String> texts;
    private final Optional<Manifest> manifest;
    private final String place;

    private ProgramTexts(Map<String, String> texts, Optional<Manifest> manifest, String place) {
        this.texts = texts;
        this.manifest = manifest;
        this.place = place;
    }

    /** Say whether a file is only there for editors. */
    public static boolean stub(String name) {
        return STUBS.stream().anyMatch(name::endsWith);
    }

    /** Return content as text, empty for what is not UTF-8 or holds NUL. */
    public static Optional<String> text(byte[] content) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(content))
                    .toString();
            return text.indexOf('\0') < 0 ? Optional.of(text) : Optional.empty();
        } catch (CharacterCodingException binary) {
            return Optional.empty();
        }
    }

    /** Pack texts by path into a zip. */
    public static byte[] zip(Map<String, String> texts) {
        return Archive.zip(texts);
    }

    /**
     * Make a program.
     *
     * @param texts by relative path
     * @param identity {@code name@version} where there is no manifest
     * @param place what errors call the whole
     * @throws PieException INVALID_ARGUMENT where the beginning cannot be told
     */
    public static ProgramSource source(
            Map<String, String> texts, Optional<Manifest> manifest, String identity, String place) {
        return new ProgramTexts(texts, manifest, place).source(identity);
    }

    private ProgramSource source(String identity) {
        Optional<Language> language = manifest.flatMap(Manifest::language);
        String file = manifest.flatMap(Manifest::file).orElseGet(() -> beginning(language));
        String code = texts.get(file);
        if (code == null) {
            throw PieException.invalid(MANIFEST + " of " + place + " names the file " + file + ", which is not there");
        }
        var others = new LinkedHashMap<>(texts);
        others.remove(file);
        return new ProgramSource(
                language.or(() -> Language.ofFile(file))
                        .orElseThrow(() -> PieException.invalid("the name of " + file + " tells no language")),
                file,
                code,
                others,
                manifest.map(Manifest::entry).orElse(ProgramSource.MAIN),
                manifest.map(Manifest::id).orElse(identity));
    }

    /** Find the file that begins: by its name, else the only one that can. */
    private String beginning(Optional<Language> language) {
        List<String> named = Stream.concat(packageMain().stream(), BEGINNINGS.stream())
                .distinct()
                .filter(texts::containsKey)
                .filter(file -> fits(file, language))
                .toList();
        List<String> all = named.isEmpty() ? sources(language) : named;
        Set<Language> languages = all.stream()
                .flatMap(file -> Language.ofFile(file).stream())
                .map(ProgramTexts::family)
                .collect(Collectors.toSet());
        if (all.size() == 1 || !named.isEmpty() && languages.size() == 1) {
            return all.getFirst();
        }
        throw PieException.invalid(
                all.isEmpty()
                        ? place + " holds no program: there is no main.py, index.js, index.ts or Main.java in it"
                        : "cannot tell which file of " + place + " begins: " + String.join(", ", all) + "; name it in "
                                + MANIFEST + ": [runtime] file = \"" + all.getFirst() + "\"");
    }

    private static boolean fits(String file, Optional<Language> language) {
        return language.isEmpty() || Language.ofFile(file).equals(language);
    }

    private static Language family(Language language) {
        return language == Language.TYPESCRIPT ? Language.JAVASCRIPT : language;
    }

    private Optional<String> packageMain() {
        String text = texts.get("package.json");
        if (text == null) {
            return Optional.empty();
        }
        try {
            String main = JsonMapper.shared().readTree(text).path("main").asString("");
            return Optional.of(main.startsWith("./") ? main.substring(2) : main).filter(m -> !m.isEmpty());
        } catch (JacksonException e) {
            throw PieException.invalid("package.json of " + place + " is not JSON: " + e.getOriginalMessage());
        }
    }

    private List<String> sources(Optional<Language> language) {
        List<String> top = texts.keySet().stream()
                .filter(file -> !file.contains("/") && Language.ofFile(file).isPresent() && fits(file, language))
                .toList();
        List<String> mains = top.stream()
                .filter(file -> file.endsWith(".java")
                        && JAVA_BEGINNING.matcher(texts.getOrDefault(file, "")).find())
                .toList();
        return top.size() > 1 && mains.size() == 1 ? mains : top;
    }
}
