package pie.cpu.kernel;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.function.Supplier;
import pie.engine.driver.ForwardBatch;

/**
 * Attend from the rows of a batch to the pages of their contexts, grouped queries, two passes (scores and softmax, then values).
 *
 * <p>One worker takes a tile of {@link AttentionTiles} with all query heads of one KV head. What all rows of a tile see is read once for
 * all of them, and the rest row by row. Sums run over slots in order, row by row, so that neither tile nor slice nor batch changes a bit.
 *
 * <p>All tiles of one KV head come one after the other: what rows of several tiles share, such as the prefix of forks, and what the tiles
 * of a long prefill share, is read from memory once and then from the caches of the cores.
 */
public final class Attention {
    /** Bytes of keys read for some vectors before the next vectors come, at least a page: so that they come out of a cache. */
    private static final int BLOCK_BYTES = 128 * 1024;

    /** A worker's tile, and what it sees of the pages listed for its rows. */
    private static final class Room {
        final AttentionTile tile;
        /** Columns that each row may see at most. */
        final int[] limits = new int[AttentionTiles.MOST_ROWS];
        /** First listed page that each row sees in this layer. */
        final int[] firstPages = new int[AttentionTiles.MOST_ROWS];

        Room(AttentionTile tile) {
            this.tile = tile;
        }
    }

    private final KvPool kv;
    private final int heads;
    private final int group;
    private final int headDim;
    private final int pageSize;
    /** Whether scores of pages left out take no room; lanes of sums must not move by it. */
    private final boolean packed;

    private final int block;
    private final Room[] rooms;
    private final PageList list = new PageList();
    private final AttentionTiles tiles;

    /** @param make a tile for each worker */
    Attention(KvPool kv, int heads, int workers, Supplier<? extends AttentionTile> make) {
        this.kv = kv;
        this.heads = heads;
        group = heads / kv.kvHeads;
        headDim = kv.headDim;
        pageSize = kv.pageSize;
        packed = pageSize % Lanes.COUNT == 0;
        block = packed ? Math.max(1, BLOCK_BYTES / (2 * headDim * pageSize)) : 1;
        rooms = new Room[workers];
        Arrays.setAll(rooms, i -> new Room(make.get()));
        tiles = new AttentionTiles(group, kv.kvHeads, workers, packed);
    }

    /** Cut the batch into tiles; by one worker, before any {@link #run} of the step. */
    public void plan(ForwardBatch batch) {
        list.fill(batch, kv);
        tiles.plan(batch);
    }

    /**
     * Take tiles until none is left.
     *
     * @param window slots that the layer lets a row see, itself among them; 0 for all
     * @param y rows of f32, queries at the front; {@code yStride} floats apart
     * @param out f32 [rows, heads * headDim]
     */
    public void run(
            int worker,
            Team team,
            ForwardBatch batch,
            int layer,
            int window,
            MemorySegment y,
            int yStride,
            MemorySegment out) {
        int count = tiles.count();
        for (int i = team.ticket(); i < count * kv.kvHeads; i = team.ticket()) {
            int t = i % count;
            int kvHead = i / count;
            Room room = rooms[worker];
            int first = look(room, batch, t, window);
            begin(room, t, kvHead, y, yStride);
            scores(room, batch, t, first, kv.keys(layer, kvHead));
            weigh(room, batch, t, window);
            values(room, batch, t, first, kv.values(layer, kvHead));
            for (int row = 0; row < tiles.rows(t); row++) {
                long at = 4L * headDim * ((long) tiles.row(t, row) * heads + kvHead * group);
                room.tile.write(row * group, group, out, at);
            }
        }
    }

    /** Find what each row sees; returns the first listed page that any of them does. */
    private int look(Room room, ForwardBatch batch, int t, int window) {
        int first = Integer.MAX_VALUE;
        for (int i = 0; i < tiles.rows(t); i++) {
            int request = tiles.request(t, i);
            room.limits[i] = tiles.limit(batch, request, tiles.row(t, i));
            room.firstPages[i] =
                    firstPage(batch, request, AttentionTiles.slot(batch, request, tiles.row(t, i)), window);
            first = Math.min(first, room.firstPages[i]);
        }
        if (first < tiles.scored(t)) {
            Arrays.fill(room.firstPages, 0, tiles.rows(t), first); // read for all, whoever sees them
        }
        return first;
    }

    /** Return the first listed page that a window shows to a row; lanes of sums must not move by it. */
    private int firstPage(ForwardBatch batch, int request, int slot, int window) {
        int page = 0;
        if (window > 0 && packed) {
            int pages = AttentionTiles.listed(batch, request);
            int first = slot - window + 1;
            while (page < pages && pageSize * (batch.pageOrdinals[batch.pageIndptr[request] + page] + 1) <= first) {
                page++;
            }
        }
        return page;
    }

    private void begin(Room room, int t, int kvHead, MemorySegment y, int yStride) {
        int columns = 0;
        for (int i = 0; i < tiles.rows(t); i++) {
            columns = Math.max(columns, room.limits[i]);
        }
        room.tile.begin(tiles.rows(t) * group, columns + Math.max(pageSize, Lanes.COUNT));
        for (int i = 0; i < tiles.rows(t); i++) {
            long at = 4L * tiles.row(t, i) * yStride + 4L * kvHead * group * headDim;
            room.tile.query(i * group, group, y, at);
        }
    }

    private void scores(Room room, ForwardBatch batch, int t, int first, long offset) {
        int rows = tiles.rows(t);
        int scored = tiles.scored(t);
        score(room, batch, tiles.request(t, 0), 0, rows * group, first, scored, offset);
        for (int i = 0; i < rows; i++) {
            int request = tiles.request(t, i);
            int end = tiles.pages(batch, request, room.limits[i]);
            score(room, batch, request, i * group, group, Math.max(scored, room.firstPages[i]), end, offset);
        }
    }

    private void score(
            Room room, ForwardBatch batch, int request, int vector, int vectors, int first, int end, long offset) {
        int listed = batch.pageIndptr[request];
        for (int page = first; page < end; page += block) {
            int pages = Math.min(block, end - page);
            int column = tiles.column(batch, request, page);
            room.tile.scores(vector, vectors, list, listed + page, pages, offset, column);
        }
    }

    private void weigh(Room room, ForwardBatch batch, int t, int window) {
        for (int i = 0; i < tiles.rows(t); i++) {
            int request = tiles.request(t, i);
            int row = tiles.row(t, i);
            int slot = AttentionTiles.slot(batch, request, row);
            int limit = room.limits[i];
            int start = packed ? room.firstPages[i] * pageSize : 0;
            int hiddenEnd = batch.hiddenEnd(request, slot);
            if (hiddenEnd > batch.sink[request]) {
                hide(room.tile, batch, request, i, batch.sink[request], hiddenEnd, start, limit);
            }
            if (window > 0 && slot >= window) {
                hide(room.tile, batch, request, i, 0, slot - window + 1, start, limit);
            }
            if (batch.maskIndptr[request + 1] > batch.maskIndptr[request]) {
                mask(room.tile, batch, request, i, row - batch.qoIndptr[request], start, limit);
            }
            if (!packed && batch.pagesLeftOut(request) > 0) {
                holes(room.tile, batch, request, i, limit);
            }
            for (int g = 0; g < group; g++) {
                room.tile.weigh(i * group + g, start, limit);
            }
        }
    }

    /** Hide the slots [begin, end) in the columns [start, limit). */
    private void hide(
            AttentionTile tile, ForwardBatch batch, int request, int i, int begin, int end, int start, int limit) {
        if (!packed || batch.pagesLeftOut(request) == 0) {
            hide(tile, i, Math.max(begin, start), Math.min(end, limit));
            return;
        }
        for (int page = start / pageSize; page * pageSize < limit; page++) {
            int column = page * pageSize;
            int away = pageSize * batch.pageOrdinals[batch.pageIndptr[request] + page] - column;
            int to = Math.min(Math.min(column + pageSize, limit), end - away);
            hide(tile, i, Math.max(column, begin - away), to);
        }
    }

    private void hide(AttentionTile tile, int i, int from, int to) {
        for (int g = 0; g < group && from < to; g++) {
            tile.hide(i * group + g, from, to);
        }
    }

    private void mask(AttentionTile tile, ForwardBatch batch, int request, int i, int line, int start, int limit) {
        long from = (long) line * batch.kvLength[request];
        int first = batch.maskIndptr[request];
        int end = tiles.pages(batch, request, limit);
        for (int page = packed ? start / pageSize : 0; page < end; page++) {
            int column = tiles.column(batch, request, page);
            long bit = from + (long) pageSize * batch.pageOrdinals[batch.pageIndptr[request] + page];
            int hidden = column;
            for (int c = column; c < Math.min(column + pageSize, limit); c++, bit++) {
                if ((batch.maskBits[first + (int) (bit >> 6)] >>> bit & 1) != 0) {
                    hide(tile, i, hidden, c);
                    hidden = c + 1;
                }
            }
            hide(tile, i, hidden, Math.min(column + pageSize, limit));
        }
    }

    /** Hide the columns of pages left out. */
    private void holes(AttentionTile tile, ForwardBatch batch, int request, int i, int limit) {
        int next = 0;
        for (int page = 0; page < AttentionTiles.listed(batch, request); page++) {
            int column = tiles.column(batch, request, page);
            hide(tile, i, next, Math.min(column, limit));
            next = column + pageSize;
        }
    }

    private void values(Room room, ForwardBatch batch, int t, int first, long offset) {
        int rows = tiles.rows(t);
        int shared = tiles.shared(t);
        value(room, batch, tiles.request(t, 0), 0, rows * group, first * pageSize, shared, offset);
        for (int i = 0; i < rows; i++) {
            int request = tiles.request(t, i);
            int end = tiles.slots(batch, request, room.limits[i]);
            int from = Math.max(shared, room.firstPages[i] * pageSize);
            value(room, batch, request, i * group, group, from, end, offset);
        }
    }

    /** Add the listed slots [from, end): parts of pages, and whole ones together. */
    private void value(
            Room room, ForwardBatch batch, int request, int vector, int vectors, int from, int end, long offset) {
        int listed = batch.pageIndptr[request];
        for (int slot = from; slot < end; ) {
            int page = slot / pageSize;
            int skip = slot % pageSize;
            int whole = skip == 0 ? Math.min(block, (end - slot) / pageSize) : 0;
            int slots = whole > 0 ? pageSize : Math.min(pageSize - skip, end - slot);
            int pages = Math.max(1, whole);
            int column = tiles.column(batch, request, page) + skip;
            long at = offset + 2L * headDim * skip;
            room.tile.values(vector, vectors, list, listed + page, pages, at, slots, column);
            slot += pages * slots;
        }
    }
}
