package pie.server.programs;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.runtime.Language;
import pie.runtime.ProgramSource;

/** Make a program of what was uploaded: one source file, or an archive of several. */
final class Sources {
    private static final String CALL_WITH_KEYWORDS = """


            async def __pie_call__(input):
                value = %s(**input)
                return await value if hasattr(value, "__await__") else value
            """;

    private Sources() {}

    /**
     * @throws PieException UNSUPPORTED for what is no source text, INVALID_MANIFEST where the language cannot be told or an archive's
     *     own manifest is of another program
     */
    static ProgramSource read(Manifest manifest, byte[] content) {
        refuseBinaries(content);
        ProgramSource source = packed(content) ? archive(manifest, content) : file(manifest, content);
        if (!manifest.keywords() || source.language() != Language.PYTHON) {
            return source;
        }
        return new ProgramSource(
                source.language(),
                source.file(),
                source.code() + CALL_WITH_KEYWORDS.formatted(manifest.entry()),
                source.files(),
                "__pie_call__",
                source.name());
    }

    /** Return the text of the manifest that an archive brings along. */
    static Optional<String> manifest(byte[] content) {
        return packed(content) ? Optional.ofNullable(texts(content).get(ProgramTexts.MANIFEST)) : Optional.empty();
    }

    /** Pack what was uploaded, with its manifest, as it was: for a later upload. */
    static byte[] zip(Stored stored, byte[] content) {
        Map<String, String> texts = packed(content) ? texts(content) : new TreeMap<>();
        if (texts.isEmpty()) {
            texts.put(stored.source().file(), ProgramTexts.text(content).orElse(""));
        }
        texts.put(ProgramTexts.MANIFEST, stored.manifestText());
        return Archive.zip(texts);
    }

    private static boolean packed(byte[] content) {
        return Archive.isZip(content) || Archive.isGzip(content);
    }

    private static Map<String, String> texts(byte[] content) {
        Map<String, byte[]> files = Archive.read(content);
        Map<String, String> texts = new TreeMap<>();
        files.forEach((path, bytes) -> ProgramTexts.text(bytes).ifPresent(text -> texts.put(path, text)));
        boolean wasm = files.keySet().stream().anyMatch(path -> path.endsWith(".wasm"));
        if (wasm
                && texts.keySet().stream()
                        .noneMatch(path -> Language.ofFile(path).isPresent())) {
            throw webAssembly();
        }
        return texts;
    }

    private static ProgramSource archive(Manifest manifest, byte[] content) {
        Map<String, String> texts = texts(content);
        String own = texts.get(ProgramTexts.MANIFEST);
        if (own != null) {
            Manifest inside = Manifest.parse(own);
            if (!inside.id().equals(manifest.id())) {
                throw Manifest.invalid("the archive holds " + inside.id() + ", not " + manifest.id());
            }
        }
        return ProgramTexts.source(texts, Optional.of(manifest), manifest.id(), "the archive");
    }

    private static ProgramSource file(Manifest manifest, byte[] content) {
        String code = ProgramTexts.text(content).orElseThrow(() -> PieException.invalid("not UTF-8 source"));
        Language language = manifest.language()
                .or(() -> shebang(code))
                .orElseThrow(() -> Manifest.invalid("set [runtime] language: python, javascript, typescript or java"));
        String file = manifest.file().orElseGet(() -> manifest.name() + extension(language));
        return new ProgramSource(
                language, file, withLibrary(language, code), Map.of(), manifest.entry(), manifest.id());
    }

    /** Functions that are sent by themselves reach the library by the name {@code pie}. */
    private static String withLibrary(Language language, String code) {
        boolean bare = language == Language.JAVASCRIPT && !code.contains("import ");
        return bare ? "import * as pie from 'inferlet'; " + code : code;
    }

    private static String extension(Language language) {
        String file = language.defaultFile();
        return file.substring(file.lastIndexOf('.'));
    }

    private static void refuseBinaries(byte[] c) {
        if (starts(c, 0x00, 0x61, 0x73, 0x6d)) {
            throw webAssembly();
        }
        if (starts(c, 0xca, 0xfe, 0xba, 0xbe)) {
            throw new PieException(ErrorCode.UNSUPPORTED, "class files are not taken; upload the .java source");
        }
    }

    private static PieException webAssembly() {
        return new PieException(
                ErrorCode.UNSUPPORTED,
                "WebAssembly programs do not run on this server; upload source instead (a .py, .js, .ts or .java file, or"
                        + " a zip or tar.gz with Pie.toml)");
    }

    private static boolean starts(byte[] content, int... bytes) {
        for (int i = 0; i < bytes.length; i++) {
            if (i >= content.length || (content[i] & 0xff) != bytes[i]) {
                return false;
            }
        }
        return true;
    }

    private static Optional<Language> shebang(String code) {
        String first = code.lines().findFirst().orElse("");
        if (!first.startsWith("#!")) {
            return Optional.empty();
        }
        return first.contains("python")
                ? Optional.of(Language.PYTHON)
                : first.contains("node") ? Optional.of(Language.JAVASCRIPT) : Optional.empty();
    }
}
