package pie.engine.kv;

import java.util.Arrays;

/** List the slots that one row does not see though they come no later than the last that it might; made once and reused. */
public final class HiddenSlots {
    private int[] bounds = new int[16];
    private int count;
    private int end;

    /** Look at a row as it is computed. */
    public void of(KvContext c, int row) {
        of(c, row, c.visibility(row));
    }

    /** Look at a row as it is when {@code seen} holds for it. */
    public void of(KvContext c, int row, Visibility seen) {
        MaskSpan span = c.mask(row);
        end = span != null && !span.causal() ? span.end() : row + 1;
        int[] always = seen.hiddenFrom(row);
        count = 0;
        long[][] rows = span == null ? null : span.rows();
        if (span == null || rows == null) {
            for (int i = 0; i < always.length && always[i] < end; i += 2) {
                add(always[i], Math.min(always[i + 1], end));
            }
        } else {
            masked(always, rows[row - span.from()]);
        }
        if (count == 2 && bounds[0] == 0 && bounds[1] == end) { // a row that sees nothing sees itself
            count = 0;
            add(0, row);
            add(row + 1, end);
        }
    }

    private void masked(int[] always, long[] mask) {
        int range = 0;
        for (int slot = 0; slot < end; slot++) {
            while (range < always.length && always[range + 1] <= slot) {
                range += 2;
            }
            boolean seen = (range == always.length || slot < always[range])
                    && slot >> 6 < mask.length
                    && (mask[slot >> 6] >>> slot & 1) != 0;
            if (!seen) {
                add(slot, slot + 1);
            }
        }
    }

    private void add(int first, int after) {
        if (after <= first) {
            return;
        }
        if (count > 0 && bounds[count - 1] == first) {
            bounds[count - 1] = after;
            return;
        }
        if (count == bounds.length) {
            bounds = Arrays.copyOf(bounds, 2 * count);
        }
        bounds[count++] = first;
        bounds[count++] = after;
    }

    /** Return the number of bounds: first and end of each range, ascending. */
    public int count() {
        return count;
    }

    public int bound(int i) {
        return bounds[i];
    }

    /** Return the slot after the last that the row might see. */
    public int end() {
        return end;
    }
}
