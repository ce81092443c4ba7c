package pie.engine.sim;

import java.util.ArrayList;
import java.util.List;

/** Keep what happened in a simulation, line by line, or nothing: a run that fails can be run again to be told. */
final class Journal {
    private final boolean kept;
    private final List<String> lines = new ArrayList<>();

    Journal(boolean kept) {
        this.kept = kept;
    }

    boolean kept() {
        return kept;
    }

    void add(long nanos, String line) {
        if (kept) {
            lines.add(nanos + " " + line);
        }
    }

    /** Return all lines, the oldest first. */
    String text() {
        return String.join("\n", lines);
    }

    /** Return the last lines. */
    String tail(int most) {
        return String.join("\n", lines.subList(Math.max(0, lines.size() - Math.min(most, lines.size())), lines.size()));
    }
}
