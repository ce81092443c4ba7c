package pie.server.trace;

import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Name one piece of work and its time.
 *
 * @param parent id of the span that it is a part of, "" for none
 * @param start nanoseconds since 1970
 * @param attributes strings, whole numbers and booleans
 */
public record Span(
        String trace,
        String id,
        String parent,
        String name,
        boolean server,
        long start,
        long end,
        Map<String, Object> attributes,
        String error) {
    public static String newTrace() {
        return hex(16) + hex(16);
    }

    public static String newId() {
        return hex(16);
    }

    private static String hex(int digits) {
        long value = ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
        return String.format("%0" + digits + "x", value);
    }
}
