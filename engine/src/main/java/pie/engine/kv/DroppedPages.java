package pie.engine.kv;

/** Work out which pages of a context no row to come can see. */
final class DroppedPages {
    private final int pageSize;

    DroppedPages(int pageSize) {
        this.pageSize = pageSize;
    }

    /** Return the ranges of slots, as pairs of begin and end, that the rows from {@code next} on, and any from {@code least} on, do not see. */
    static int[] hidden(KvContext c, int next, int least) {
        return c.visibility(next).hiddenFrom(Math.max(0, least - 1));
    }

    /** Say whether a page lies in one of the ranges. */
    boolean within(int[] ranges, int page) {
        for (int i = 0; i < ranges.length; i += 2) {
            if (ranges[i] <= page * pageSize && (page + 1) * pageSize <= ranges[i + 1]) {
                return true;
            }
        }
        return false;
    }

    /** Return how many pages lie in ranges. */
    int count(int[] hidden) {
        int n = 0;
        for (int i = 0; i < hidden.length; i += 2) {
            n += Math.max(0, hidden[i + 1] / pageSize - pagesFor(hidden[i]));
        }
        return n;
    }

    /** Return how many pages of a context are gone for good when it is whole. */
    int of(KvContext c) {
        return c.visibility.isEmpty() ? 0 : count(hidden(c, c.written, c.committed * pageSize));
    }

    /** Return how many pages a context needs, at most at once, until all rows before {@code target} are computed. */
    int most(KvContext c, int target) {
        int most = pagesFor(target) - of(c);
        for (int from = 0; from < c.written; from = c.uniform(from)) {
            int to = Math.min(c.written, c.uniform(from));
            int[] hidden = hidden(c, from, Math.min(to, c.committed * pageSize));
            most = Math.max(most, pagesFor(to) - count(hidden));
        }
        return most;
    }

    private int pagesFor(int rows) {
        return (rows + pageSize - 1) / pageSize;
    }
}
