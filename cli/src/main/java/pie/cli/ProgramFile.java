package pie.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.runtime.Language;
import pie.runtime.ProgramSource;

/** Read the program that a command line names. */
public final class ProgramFile {
    private static final int LIMIT = 1 << 20;

    private ProgramFile() {}

    /**
     * Read a source file, a folder of them, or stdin for {@code -}.
     *
     * @param language word given by {@code --lang}, empty to go by the file's extension
     * @throws PieException NOT_FOUND, INVALID_ARGUMENT without a known language, PAYLOAD_TOO_LARGE above 1 MiB
     */
    public static ProgramSource read(String file, String language, InputStream stdin) {
        if (Files.isDirectory(Path.of(file))) {
            return folder(file);
        }
        Language known = language(file, language);
        String name = file.equals("-")
                ? known.defaultFile()
                : String.valueOf(Path.of(file).getFileName());
        String code;
        try {
            code = file.equals("-")
                    ? new String(stdin.readAllBytes(), StandardCharsets.UTF_8)
                    : Files.readString(Path.of(file), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
        if (code.length() > LIMIT) {
            throw new PieException(
                    ErrorCode.PAYLOAD_TOO_LARGE,
                    file + " has " + code.length() + " characters, a program at most " + LIMIT);
        }
        return ProgramSource.of(known, name, code);
    }

    private static ProgramSource folder(String folder) {
        try {
            return ProgramFolder.read(Path.of(folder));
        } catch (IOException e) {
            throw unreadable(folder, e);
        }
    }

    private static PieException unreadable(String file, IOException e) {
        return new PieException(
                ErrorCode.NOT_FOUND,
                "cannot read " + file + ": " + ProgramArguments.reason(e),
                Map.of("file", file),
                e);
    }

    private static Language language(String file, String word) {
        if (!word.isEmpty()) {
            return language(word);
        }
        return Language.ofFile(file)
                .orElseThrow(() -> PieException.invalid(
                        file.equals("-")
                                ? "a program on stdin needs --lang python, javascript, typescript or java"
                                : "cannot tell the language of '" + file
                                        + "': it is none of .py .js .mjs .ts .java; use --lang"));
    }

    /** Return the language that {@code --lang} names. @throws PieException INVALID_ARGUMENT for another word */
    public static Language language(String word) {
        return Language.ofWord(full(word))
                .orElseThrow(() -> PieException.invalid("--lang '" + word + "' is none of "
                        + Arrays.stream(Language.values()).map(Language::word).collect(Collectors.joining(", "))));
    }

    private static String full(String word) {
        return switch (word) {
            case "py" -> "python";
            case "js", "mjs" -> "javascript";
            case "ts" -> "typescript";
            default -> word;
        };
    }
}
