package pie.runtime;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Hold a program as source text.
 *
 * @param file name of the entry file, e.g. {@code hello.py}; its stem names the program
 * @param code text of the entry file
 * @param files further files by relative path
 * @param entry name of the entry function, {@code main}
 * @param name {@code name@version} of a program that was installed under one, "" for inline source
 */
public record ProgramSource(
        Language language, String file, String code, Map<String, String> files, String entry, String name) {
    /** Name of the entry function unless something else is said. */
    public static final String MAIN = "main";

    /** Hold an inline program. */
    public ProgramSource(Language language, String file, String code, Map<String, String> files, String entry) {
        this(language, file, code, files, entry, "");
    }

    public static ProgramSource of(Language language, String file, String code) {
        return new ProgramSource(language, file, code, Map.of(), MAIN);
    }

    /** Return the text of all files by path, that of the entry too. */
    public Map<String, String> texts() {
        var all = new LinkedHashMap<>(files);
        all.put(file, code);
        return all;
    }

    /** Return the installed name, else {@code stem@0.0.0}; characters outside {@code [A-Za-z0-9_-]} become {@code -}. */
    public String identity() {
        if (!name.isEmpty()) {
            return name;
        }
        String last = file.substring(file.lastIndexOf('/') + 1);
        int dot = last.lastIndexOf('.');
        String stem = (dot > 0 ? last.substring(0, dot) : last).replaceAll("[^A-Za-z0-9_-]", "-");
        return stem + "@0.0.0";
    }
}
