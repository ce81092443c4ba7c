package pie.server.programs;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.runtime.Language;
import pie.runtime.ProgramSource;

/** Make a program of what was uploaded. */
final class Sources {
    private static final String CALL_WITH_KEYWORDS = """


            async def __pie_call__(input):
                value = %s(**input)
                return await value if hasattr(value, "__await__") else value
            """;

    private Sources() {}

    /** @throws PieException UNSUPPORTED for what is no source text, INVALID_MANIFEST where the language cannot be told */
    static ProgramSource read(Manifest manifest, byte[] content) {
        refuseBinaries(content);
        String code = text(content);
        Language language = manifest.language()
                .or(() -> shebang(code))
                .orElseThrow(() -> Manifest.invalid("set [runtime] language: python, javascript, typescript or java"));
        String file = manifest.file().orElseGet(() -> manifest.name() + extension(language));
        if (manifest.keywords() && language == Language.PYTHON) {
            return new ProgramSource(
                    language,
                    file,
                    code + CALL_WITH_KEYWORDS.formatted(manifest.entry()),
                    Map.of(),
                    "__pie_call__",
                    manifest.id());
        }
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
            throw new PieException(
                    ErrorCode.UNSUPPORTED,
                    "WebAssembly programs do not run on this server; upload source instead (a .py, .js, .ts or .java file)");
        }
        if (starts(c, 0x50, 0x4b, 0x03, 0x04) || starts(c, 0x1f, 0x8b)) {
            throw new PieException(
                    ErrorCode.UNSUPPORTED,
                    "archives are not taken yet; upload one source file (.py, .js, .ts or .java)");
        }
        if (starts(c, 0xca, 0xfe, 0xba, 0xbe)) {
            throw new PieException(ErrorCode.UNSUPPORTED, "class files are not taken; upload the .java source");
        }
    }

    private static boolean starts(byte[] content, int... bytes) {
        for (int i = 0; i < bytes.length; i++) {
            if (i >= content.length || (content[i] & 0xff) != bytes[i]) {
                return false;
            }
        }
        return true;
    }

    private static String text(byte[] content) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(content))
                    .toString();
            if (text.indexOf('\0') < 0) {
                return text;
            }
        } catch (CharacterCodingException e) {
            // refused below
        }
        throw PieException.invalid("not UTF-8 source");
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
