package pie.cpu.kernel;

import java.util.Arrays;
import pie.engine.driver.ForwardBatch;

/**
 * Cut a batch into tiles: some rows of one request, or rows of requests that begin with the same pages, such as forks.
 *
 * <p>A slot that is listed is one of a page that is listed. Columns are listed slots where whole pages fill lanes, else all slots.
 */
final class AttentionTiles {
    static final int MOST_ROWS = 16;
    /** Scores of one tile, in floats: a quarter of a second-level cache of 1 MiB. */
    private static final int MOST_SCORES = 64 * 1024;

    private final int group;
    private final int kvHeads;
    private final int workers;
    private final boolean packed;

    private int[] order = new int[64];
    private int tiles;
    private int[] start = new int[65];
    private int[] scored = new int[64];
    private int[] shared = new int[64];
    private int[] requests = new int[64];
    private int[] rows = new int[64];

    AttentionTiles(int group, int kvHeads, int workers, boolean packed) {
        this.group = group;
        this.kvHeads = kvHeads;
        this.workers = workers;
        this.packed = packed;
    }

    void plan(ForwardBatch batch) {
        reserve(batch);
        sort(batch);
        tiles = 0;
        start[0] = 0;
        int fair = Math.max(1, batch.rows * kvHeads / (2 * workers));
        int before = -1;
        int room = 0;
        for (int i = 0; i < batch.requests; i++) {
            int r = order[i];
            int most = Math.min(fair, most(batch.kvLength[r]));
            int n = batch.rowsOf(r);
            int common = before < 0 ? 0 : common(batch, before, r);
            if (n > 0 && n <= room && joins(batch, r, common)) {
                share(batch, r, common);
                room -= n;
            } else {
                own(batch, r, most);
                room = n <= most ? most - n : 0;
            }
            before = r;
        }
    }

    private void reserve(ForwardBatch batch) {
        if (rows.length < batch.rows || order.length < batch.requests) {
            int n = Math.max(2 * rows.length, Math.max(batch.rows, batch.requests));
            order = new int[n];
            start = new int[n + 1];
            scored = new int[n];
            shared = new int[n];
            requests = new int[n];
            rows = new int[n];
        }
    }

    /** Return rows that scores have room for, as many as the loops of {@link AttentionCode} take together. */
    private int most(int length) {
        int together = Math.max(1, AttentionCode.MOST / group);
        int most = Math.clamp(MOST_SCORES / (group * (length + Lanes.COUNT)), 1, MOST_ROWS);
        return Math.min(MOST_ROWS, (most + together - 1) / together * together);
    }

    /** Put requests that begin with the same pages side by side. */
    private void sort(ForwardBatch batch) {
        for (int r = 0; r < batch.requests; r++) {
            int low = 0;
            int high = r;
            while (low < high) {
                int middle = (low + high) >>> 1;
                if (compare(batch, order[middle], r) <= 0) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            System.arraycopy(order, low, order, low + 1, r - low);
            order[low] = r;
        }
    }

    private static int compare(ForwardBatch batch, int a, int b) {
        return Arrays.compare(
                batch.pageIndices,
                batch.pageIndptr[a],
                batch.pageIndptr[a + 1],
                batch.pageIndices,
                batch.pageIndptr[b],
                batch.pageIndptr[b + 1]);
    }

    /** Return the number of pages at the beginning of both, the same and for the same slots. */
    private static int common(ForwardBatch batch, int a, int b) {
        return Math.min(common(batch, batch.pageIndices, a, b), common(batch, batch.pageOrdinals, a, b));
    }

    private static int common(ForwardBatch batch, int[] list, int a, int b) {
        int i = Arrays.mismatch(
                list, batch.pageIndptr[a], batch.pageIndptr[a + 1], list, batch.pageIndptr[b], batch.pageIndptr[b + 1]);
        return i < 0 ? listed(batch, a) : i;
    }

    /** Say whether it pays to read so many pages for the last tile and a request together: rows that had more in common lose it. */
    private boolean joins(ForwardBatch batch, int request, int common) {
        int pages = whole(batch, request, common);
        int had = Math.max(
                rows(tiles - 1) > 1 ? scored[tiles - 1] : 0, batch.rowsOf(request) > 1 ? listed(batch, request) : 0);
        return packed && pages > 0 && 2 * pages >= had;
    }

    /** Return pages, {@code most} at most, that the first row of a request sees to the end. */
    private int whole(ForwardBatch batch, int request, int most) {
        return Math.min(most, limit(batch, request, batch.qoIndptr[request]) / batch.limits.pageSize());
    }

    private void share(ForwardBatch batch, int request, int common) {
        int tile = tiles - 1;
        int seen = whole(batch, requests[start[tile]], common);
        scored[tile] = Math.min(scored[tile], Math.min(seen, whole(batch, request, common)));
        shared[tile] = scored[tile] * batch.limits.pageSize();
        for (int row = batch.qoIndptr[request]; row < batch.qoIndptr[request + 1]; row++) {
            requests[start[tiles]] = request;
            rows[start[tiles]++] = row;
        }
    }

    private void own(ForwardBatch batch, int request, int most) {
        int end = batch.qoIndptr[request + 1];
        for (int first = batch.qoIndptr[request]; first < end; first += most) {
            int last = Math.min(first + most, end) - 1;
            int at = start[tiles];
            for (int row = first; row <= last; row++) {
                requests[at] = request;
                rows[at++] = row;
            }
            scored[tiles] = pages(batch, request, limit(batch, request, last));
            shared[tiles] = slots(batch, request, limit(batch, request, first));
            start[++tiles] = at;
        }
    }

    int count() {
        return tiles;
    }

    int rows(int tile) {
        return start[tile + 1] - start[tile];
    }

    /** Return the i-th row of a tile. */
    int row(int tile, int i) {
        return rows[start[tile] + i];
    }

    int request(int tile, int i) {
        return requests[start[tile] + i];
    }

    /** Return the listed pages, of its first request, that are scored for all rows of a tile. */
    int scored(int tile) {
        return scored[tile];
    }

    /** Return the listed slots, of its first request, that all rows of a tile may see. */
    int shared(int tile) {
        return shared[tile];
    }

    /** Return the columns that a row may see at most. */
    int limit(ForwardBatch batch, int request, int row) {
        int length = batch.nonCausal[request] ? batch.kvLength[request] : slot(batch, request, row) + 1;
        return packed ? length - batch.pagesLeftOut(request) * batch.limits.pageSize() : length;
    }

    /** Return the slot of a row. */
    static int slot(ForwardBatch batch, int request, int row) {
        return batch.kvLength[request] - (batch.qoIndptr[request + 1] - row);
    }

    /** Return the first column of the i-th listed page. */
    int column(ForwardBatch batch, int request, int i) {
        return batch.limits.pageSize() * (packed ? i : batch.pageOrdinals[batch.pageIndptr[request] + i]);
    }

    /** Return the number of listed pages that begin before a column. */
    int pages(ForwardBatch batch, int request, int limit) {
        int pages = listed(batch, request);
        while (pages > 0 && column(batch, request, pages - 1) >= limit) {
            pages--;
        }
        return pages;
    }

    /** Return the number of listed slots before a column. */
    int slots(ForwardBatch batch, int request, int limit) {
        int pages = pages(batch, request, limit);
        int pageSize = batch.limits.pageSize();
        return pages == 0 ? 0 : (pages - 1) * pageSize + Math.min(pageSize, limit - column(batch, request, pages - 1));
    }

    static int listed(ForwardBatch batch, int request) {
        return batch.pageIndptr[request + 1] - batch.pageIndptr[request];
    }
}
