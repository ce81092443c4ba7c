package pie.engine.kv;

import org.jspecify.annotations.Nullable;

/**
 * Say what the rows of one masked pass saw.
 *
 * @param from first row
 * @param count number of rows
 * @param causal whether a row sees no later one
 * @param rows bit sets of slots, one for each row, set = may be seen; null = all that {@code causal} leaves
 */
public record MaskSpan(int from, int count, boolean causal, long @Nullable [][] rows) {
    /** Return the row after the last. */
    public int end() {
        return from + count;
    }

    /** Return the span as it is when all rows from {@code row} on are gone. */
    public MaskSpan cut(int row) {
        int left = Math.min(count, row - from);
        return new MaskSpan(from, left, causal, rows == null ? null : java.util.Arrays.copyOf(rows, left));
    }
}
