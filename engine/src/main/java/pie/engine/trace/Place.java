package pie.engine.trace;

/**
 * Name a place in a program.
 *
 * @param function innermost function that it is in, empty at the top of a file
 * @param file as the author named it
 * @param line from 1, 0 for unknown
 */
public record Place(String function, String file, int line) {
    public static final Place UNKNOWN = new Place("", "", 0);

    public boolean known() {
        return !file.isEmpty();
    }

    /** Return {@code agent.py:12}. */
    public String at() {
        return line > 0 ? file + ":" + line : file;
    }
}
