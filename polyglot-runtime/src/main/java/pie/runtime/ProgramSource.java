package pie.runtime;

import java.util.Map;

/**
 * Hold a program as source text.
 *
 * @param file name of the entry file, e.g. {@code hello.py}; its stem names the program
 * @param code text of the entry file
 * @param files further files by relative path
 * @param entry name of the entry function, {@code main}
 */
public record ProgramSource(Language language, String file, String code, Map<String, String> files, String entry) {
    public static ProgramSource of(Language language, String file, String code) {
        return new ProgramSource(language, file, code, Map.of(), "main");
    }

    /** Return {@code stem@0.0.0}; characters outside {@code [A-Za-z0-9_-]} become {@code -}. */
    public String identity() {
        String name = file.substring(file.lastIndexOf('/') + 1);
        int dot = name.lastIndexOf('.');
        String stem = (dot > 0 ? name.substring(0, dot) : name).replaceAll("[^A-Za-z0-9_-]", "-");
        return stem + "@0.0.0";
    }
}
