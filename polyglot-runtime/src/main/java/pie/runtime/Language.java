package pie.runtime;

import java.util.Locale;
import java.util.Optional;

/** Name the languages that programs are written in. */
public enum Language {
    PYTHON("main.py"),
    JAVASCRIPT("index.js"),
    TYPESCRIPT("index.ts"),
    JAVA("Main.java");

    private final String defaultFile;

    Language(String defaultFile) {
        this.defaultFile = defaultFile;
    }

    /** Return the name on the wire. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    public String defaultFile() {
        return defaultFile;
    }

    public static Optional<Language> ofWord(String word) {
        for (Language l : values()) {
            if (l.word().equals(word)) {
                return Optional.of(l);
            }
        }
        return Optional.empty();
    }

    /** Tell the language of a source file by its extension. */
    public static Optional<Language> ofFile(String name) {
        int dot = name.lastIndexOf('.');
        return switch (dot < 0 ? "" : name.substring(dot + 1).toLowerCase(Locale.ROOT)) {
            case "py" -> Optional.of(PYTHON);
            case "js", "mjs" -> Optional.of(JAVASCRIPT);
            case "ts", "mts" -> Optional.of(TYPESCRIPT);
            case "java" -> Optional.of(JAVA);
            default -> Optional.empty();
        };
    }
}
