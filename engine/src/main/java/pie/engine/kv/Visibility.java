package pie.engine.kv;

import java.util.Arrays;

/**
 * Say which slots the rows from {@code from} on see, beside what causality and masks say.
 *
 * @param from first row that this holds for
 * @param hidden slots hidden from all of them: pairs of first and end, ascending, apart from each other
 * @param window number of last slots that a row sees, its own included; 0 = all
 * @param sink number of first slots that a window leaves visible
 */
public record Visibility(int from, int[] hidden, int window, int sink) {
    /** See everything. */
    public static final Visibility ALL = new Visibility(0, new int[0], 0, 0);

    /** Return the same for rows from another one on. */
    Visibility from(int row) {
        return new Visibility(row, hidden, window, sink);
    }

    /** Hide slots [first, end) too. */
    public Visibility hide(int row, int first, int end) {
        return new Visibility(row, end > first ? merge(hidden, first, end) : hidden, window, sink);
    }

    /** Replace the window; what the old one hides from row {@code row} stays hidden. */
    public Visibility window(int row, int w, int s) {
        Visibility old = hide(row, sink, window == 0 ? 0 : row - window + 1);
        return new Visibility(row, old.hidden, w, s);
    }

    /** Return the slots that no row from {@code row} on sees, as pairs of first and end. */
    int[] hiddenFrom(int row) {
        int end = window == 0 ? 0 : row - window + 1;
        return end > sink ? merge(hidden, sink, end) : hidden;
    }

    /** Return the row after the last that is hidden for good, 0 if none is. */
    int hiddenEnd() {
        return hidden.length == 0 ? 0 : hidden[hidden.length - 1];
    }

    /** Say whether one range [{@link #first}, {@link #visibleFrom}) and the window with that range's start as sink say it all. */
    public boolean simple() {
        return hidden.length == 0
                || (hidden.length == 2 && (window == 0 || hidden[0] == sink || (hidden[0] == 0 && sink <= hidden[1])));
    }

    /** Return the number of first slots that are seen whatever the window, where this is {@link #simple}. */
    public int first() {
        return hidden.length == 0 ? sink : hidden[0];
    }

    /** Return the first slot after the hidden ones, where this is {@link #simple}. */
    public int visibleFrom() {
        return hiddenEnd();
    }

    private static int[] merge(int[] ranges, int first, int end) {
        int[] out = new int[ranges.length + 2];
        int n = 0;
        int low = first;
        int high = end;
        int i = 0;
        for (; i < ranges.length && ranges[i + 1] < low; i += 2) {
            out[n++] = ranges[i];
            out[n++] = ranges[i + 1];
        }
        for (; i < ranges.length && ranges[i] <= high; i += 2) {
            low = Math.min(low, ranges[i]);
            high = Math.max(high, ranges[i + 1]);
        }
        out[n++] = low;
        out[n++] = high;
        for (; i < ranges.length; i++) {
            out[n++] = ranges[i];
        }
        return Arrays.copyOf(out, n);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Visibility that
                && from == that.from
                && window == that.window
                && sink == that.sink
                && Arrays.equals(hidden, that.hidden);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(hidden) + 31 * (from + 31 * (window + 31 * sink));
    }
}
