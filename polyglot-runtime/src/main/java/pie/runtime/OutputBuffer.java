package pie.runtime;

/**
 * Gather what a program prints to one stream until it makes an event: a line, or what there is when the program waits, flushes, prints
 * to the other stream, or a tick of the watchdog passes.
 */
final class OutputBuffer {
    private static final int MOST = 8192;
    private static final int TAIL = 4096;

    private final StringBuilder text = new StringBuilder();
    private final StringBuilder tail = new StringBuilder();

    /** Take more; returns whether it is time for an event. */
    synchronized boolean write(String more) {
        text.append(more);
        int length = text.length();
        return length > 0 && (length >= MOST || text.charAt(length - 1) == '\n');
    }

    /** Take out whole characters, all that there are. */
    synchronized String take() {
        int end = text.length();
        if (end > 0 && Character.isHighSurrogate(text.charAt(end - 1))) {
            end--;
        }
        String out = text.substring(0, end);
        text.delete(0, end);
        tail.append(out);
        tail.delete(0, Math.max(0, tail.length() - TAIL));
        return out;
    }

    /** Return the end of what was taken out. */
    synchronized String tail() {
        return tail.toString();
    }
}
