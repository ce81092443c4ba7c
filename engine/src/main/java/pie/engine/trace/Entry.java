package pie.engine.trace;

/**
 * Tell one thing that happened: a span, or a moment, whose {@code end} is its {@code begin}.
 *
 * @param begin nanoseconds, by {@link System#nanoTime}
 */
public record Entry(Lane lane, String name, long begin, long end, Note note) {
    public long nanos() {
        return end - begin;
    }

    public boolean moment() {
        return end == begin;
    }
}
