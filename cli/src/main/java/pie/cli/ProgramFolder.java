package pie.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.runtime.Language;
import pie.runtime.ProgramSource;
import pie.server.programs.Manifest;

/** Read a program of several files from a folder. Its {@code Pie.toml} names the file that begins, else the names of the files do. */
final class ProgramFolder {
    private static final long LIMIT = 4L << 20;
    private static final String MANIFEST = "Pie.toml";
    private static final Set<String> PASSED_OVER = Set.of("__pycache__", "target", "venv");
    private static final List<String> STUBS = List.of(".pyi", ".d.ts");
    private static final List<String> BEGINNINGS =
            List.of("main.py", "app.py", "index.ts", "index.js", "index.mjs", "Main.java");
    private static final Pattern JAVA_MAIN = Pattern.compile("\\bmain\\s*\\(");

    private final Path folder;
    private final Map<String, String> texts = new TreeMap<>();

    private ProgramFolder(Path folder) {
        this.folder = folder;
    }

    /** @throws PieException INVALID_ARGUMENT where the beginning cannot be told, INVALID_MANIFEST, PAYLOAD_TOO_LARGE above 4 MiB */
    static ProgramSource read(Path folder) throws IOException {
        var read = new ProgramFolder(folder);
        read.collect();
        return read.source();
    }

    /** Return whatever is text; not what is hidden, made by tools, or only for editors. */
    private void collect() throws IOException {
        var open = new ArrayList<Path>(List.of(folder));
        long size = 0;
        while (!open.isEmpty()) {
            List<Path> entries;
            try (Stream<Path> listed = Files.list(open.removeLast())) {
                entries = listed.sorted().toList();
            }
            for (Path entry : entries) {
                String name = String.valueOf(entry.getFileName());
                if (name.startsWith(".")
                        || PASSED_OVER.contains(name)
                        || STUBS.stream().anyMatch(name::endsWith)) {
                    continue;
                }
                if (Files.isDirectory(entry)) {
                    open.add(entry);
                } else if (Files.isRegularFile(entry)) {
                    size += Files.size(entry);
                    check(size);
                    text(Files.readAllBytes(entry))
                            .ifPresent(text -> texts.put(
                                    folder.relativize(entry).toString().replace('\\', '/'), text));
                }
            }
        }
    }

    private void check(long size) {
        if (size > LIMIT) {
            throw new PieException(
                    ErrorCode.PAYLOAD_TOO_LARGE,
                    "the files in " + folder + " have more than " + LIMIT + " bytes, the most of a program",
                    Map.of("limit", LIMIT));
        }
    }

    private static Optional<String> text(byte[] bytes) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return text.indexOf('\0') < 0 ? Optional.of(text) : Optional.empty();
        } catch (CharacterCodingException binary) {
            return Optional.empty();
        }
    }

    private ProgramSource source() {
        Optional<Manifest> manifest = Optional.ofNullable(texts.get(MANIFEST)).map(Manifest::parse);
        Optional<Language> language = manifest.flatMap(Manifest::language);
        String file = manifest.flatMap(Manifest::file).orElseGet(() -> beginning(language));
        String code = texts.get(file);
        if (code == null) {
            throw PieException.invalid(folder.resolve(MANIFEST) + " names the file " + file + ", which is not there");
        }
        var others = new LinkedHashMap<>(texts);
        others.remove(file);
        return new ProgramSource(
                language.or(() -> Language.ofFile(file))
                        .orElseThrow(() -> PieException.invalid("the name of " + file + " tells no language")),
                file,
                code,
                others,
                manifest.map(Manifest::entry).orElse("main"),
                manifest.map(Manifest::id).orElse(name() + "@0.0.0"));
    }

    private String name() {
        Path last = folder.toAbsolutePath().normalize().getFileName();
        String name = String.valueOf(last).replaceAll("[^A-Za-z0-9_-]", "-");
        return name.matches("[A-Za-z0-9].{0,63}") ? name : "program";
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
                .map(ProgramFolder::family)
                .collect(java.util.stream.Collectors.toSet());
        if (all.size() == 1 || !named.isEmpty() && languages.size() == 1) {
            return all.getFirst();
        }
        throw PieException.invalid(
                all.isEmpty()
                        ? folder + " holds no program: there is no main.py, index.js, index.ts or Main.java in it"
                        : "cannot tell which file of " + folder + " begins: " + String.join(", ", all) + "; name it in "
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
        String main = Json.MAPPER.readTree(text).path("main").asString("");
        return Optional.of(main.startsWith("./") ? main.substring(2) : main).filter(m -> !m.isEmpty());
    }

    private List<String> sources(Optional<Language> language) {
        List<String> top = texts.keySet().stream()
                .filter(file -> !file.contains("/") && Language.ofFile(file).isPresent() && fits(file, language))
                .toList();
        List<String> mains = top.stream()
                .filter(file -> file.endsWith(".java")
                        && JAVA_MAIN.matcher(texts.getOrDefault(file, "")).find())
                .toList();
        return top.size() > 1 && mains.size() == 1 ? mains : top;
    }
}
