package pie.engine.sim;

import java.util.ArrayDeque;

/** Keep what happened in a simulation: a digest of all of it, and its last lines, or all. */
final class Journal {
    private static final int LINES = 120;
    private static final long PRIME = 0x100000001b3L;

    private final boolean whole;
    private final ArrayDeque<String> lines = new ArrayDeque<>();
    private long digest = 0xcbf29ce484222325L;

    Journal(boolean whole) {
        this.whole = whole;
    }

    void add(long nanos, String line) {
        String dated = nanos + " " + line;
        for (int i = 0; i < dated.length(); i++) {
            digest = (digest ^ dated.charAt(i)) * PRIME;
        }
        lines.add(dated);
        if (!whole && lines.size() > LINES) {
            lines.poll();
        }
    }

    long digest() {
        return digest;
    }

    /** Return the lines kept, the oldest first. */
    String text() {
        return String.join("\n", lines);
    }
}
