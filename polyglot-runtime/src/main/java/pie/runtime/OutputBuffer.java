package pie.runtime;

import java.util.function.Consumer;

/**
 * Turn what a program prints into events: a line, or what has gathered when the program waits, flushes, prints to the other stream,
 * or a tick of the watchdog passes.
 */
final class OutputBuffer {
    private static final int MOST = 8192;
    private static final int TAIL = 4096;

    private final Consumer<String> sink;
    private final StringBuilder text = new StringBuilder();
    private final StringBuilder tail = new StringBuilder();

    OutputBuffer(Consumer<String> sink) {
        this.sink = sink;
    }

    synchronized void write(String more) {
        text.append(more);
        int length = text.length();
        if (length > 0 && (length >= MOST || text.charAt(length - 1) == '\n')) {
            flush();
        }
    }

    synchronized void flush() {
        if (text.isEmpty()) {
            return;
        }
        int end = text.length();
        if (Character.isHighSurrogate(text.charAt(end - 1))) {
            end--;
        }
        String out = text.substring(0, end);
        text.delete(0, end);
        if (!out.isEmpty()) {
            tail.append(out);
            tail.delete(0, Math.max(0, tail.length() - TAIL));
            sink.accept(out);
        }
    }

    /** Return the end of what was written. */
    synchronized String tail() {
        return tail.toString();
    }
}
