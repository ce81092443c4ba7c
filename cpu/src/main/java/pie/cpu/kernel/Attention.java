package pie.cpu.kernel;

import static pie.cpu.kernel.Lanes.COUNT;
import static pie.cpu.kernel.Lanes.F;
import static pie.cpu.kernel.Lanes.highHalves;
import static pie.cpu.kernel.Lanes.loadInts;
import static pie.cpu.kernel.Lanes.lowHalves;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import pie.engine.driver.ForwardBatch;

/**
 * Attend from the rows of a batch to the pages of their contexts, grouped queries, two passes (scores and softmax, then values).
 *
 * <p>One worker takes a tile: some rows of one request, with all query heads of one KV head, so that pages stay in cache over the
 * rows. Sums run over slots in order, row by row, so that neither tile nor slice nor batch changes a bit. Shapes that do not fill
 * vectors go through plain loops with the same result.
 *
 * <p>All tiles of one KV head come one after the other: what rows of several requests share, such as the prefix of forks, and what the
 * tiles of a long prefill share, is read from memory once and then from the caches of the cores.
 */
public final class Attention {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
    /** Scores of one tile, in floats: half of a second-level cache. */
    private static final int TILE_SCORES = 64 * 1024;

    private static final int TILE_ROWS = 16;

    /** Buffers of one worker. */
    private static final class Room {
        float[] query = new float[0];
        float[] scores = new float[0];
        float[] out = new float[0];
        float[] inverse = new float[0];
        final int[] limits = new int[TILE_ROWS];
        int window;
        /** First listed page that any row of the tile sees in this layer. */
        int firstPage;

        final float[] lanes = new float[COUNT];
    }

    private final KvPool kv;
    private final int heads;
    private final int group;
    private final int headDim;
    private final int pageSize;
    private final float scale;
    private final boolean vectors;
    /** Whether scores of pages left out take no room; lanes of sums must not move by it. */
    private final boolean packed;

    private final Room[] rooms;

    private int tiles;
    private int[] tileRequest = new int[64];
    private int[] tileRow = new int[64];
    private int[] tileRows = new int[64];

    /** @param scale scores are multiplied by it */
    public Attention(KvPool kv, int heads, float scale, int workers) {
        this(kv, heads, scale, workers, kv.pageSize % COUNT == 0 && kv.headDim / 2 % COUNT == 0);
    }

    Attention(KvPool kv, int heads, float scale, int workers, boolean vectors) {
        this.scale = scale;
        this.kv = kv;
        this.vectors = vectors;
        this.heads = heads;
        group = heads / kv.kvHeads;
        headDim = kv.headDim;
        pageSize = kv.pageSize;
        packed = pageSize % COUNT == 0;
        rooms = new Room[workers];
        Arrays.setAll(rooms, i -> new Room());
    }

    /** Cut the batch into tiles; by one worker, before any {@link #run} of the step. */
    public void plan(ForwardBatch batch) {
        tiles = 0;
        for (int r = 0; r < batch.requests; r++) {
            int most = Math.clamp(TILE_SCORES / (group * (batch.kvLength[r] + COUNT)), 1, TILE_ROWS);
            for (int row = batch.qoIndptr[r]; row < batch.qoIndptr[r + 1]; row += most) {
                if (tiles == tileRow.length) {
                    tileRequest = Arrays.copyOf(tileRequest, 2 * tiles);
                    tileRow = Arrays.copyOf(tileRow, 2 * tiles);
                    tileRows = Arrays.copyOf(tileRows, 2 * tiles);
                }
                tileRequest[tiles] = r;
                tileRow[tiles] = row;
                tileRows[tiles++] = Math.min(most, batch.qoIndptr[r + 1] - row);
            }
        }
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
        int items = tiles * kv.kvHeads;
        for (int i = team.ticket(); i < items; i = team.ticket()) {
            tile(rooms[worker], batch, layer, window, i % tiles, i / tiles, y, yStride, out);
        }
    }

    private void tile(
            Room room,
            ForwardBatch batch,
            int layer,
            int window,
            int tile,
            int kvHead,
            MemorySegment y,
            int yStride,
            MemorySegment out) {
        int request = tileRequest[tile];
        int first = tileRow[tile];
        int rows = tileRows[tile];
        int width = group * headDim;
        int stride = Lanes.roundUp(limit(batch, request, first + rows - 1) + Math.max(pageSize, COUNT));
        reserve(room, rows * width, rows * group * stride);
        for (int i = 0; i < rows; i++) {
            room.limits[i] = limit(batch, request, first + i);
            query(y, 4L * (first + i) * yStride + 4L * kvHead * width, room.query, i * width, width);
        }
        room.window = window;
        room.firstPage = firstPage(batch, request, slot(batch, request, first), window);
        scores(room, batch, layer, request, rows, kvHead, stride);
        for (int i = 0; i < rows; i++) {
            int limit = room.limits[i];
            values(room, batch, layer, request, first + i, i * group * stride, stride, kvHead, limit);
            long to = 4L * (first + i) * heads * headDim + 4L * kvHead * width;
            MemorySegment.copy(room.out, 0, out, FLOAT, to, width);
        }
    }

    /** Return the columns of scores that a row may see at most. */
    private int limit(ForwardBatch batch, int request, int row) {
        int length = batch.nonCausal[request] ? batch.kvLength[request] : slot(batch, request, row) + 1;
        return packed ? length - batch.pagesLeftOut(request) * pageSize : length;
    }

    private static int slot(ForwardBatch batch, int request, int row) {
        return batch.kvLength[request] - (batch.qoIndptr[request + 1] - row);
    }

    /** Return the first column of the i-th listed page. */
    private int column(ForwardBatch batch, int request, int i) {
        return pageSize * (packed ? i : batch.pageOrdinals[batch.pageIndptr[request] + i]);
    }

    /** Return the first listed page that a window shows to a row; lanes of sums must not move by it. */
    private int firstPage(ForwardBatch batch, int request, int slot, int window) {
        int page = 0;
        if (window > 0 && packed) {
            int pages = listed(batch, request);
            int first = slot - window + 1;
            while (page < pages && pageSize * (batch.pageOrdinals[batch.pageIndptr[request] + page] + 1) <= first) {
                page++;
            }
        }
        return page;
    }

    private static int listed(ForwardBatch batch, int request) {
        return batch.pageIndptr[request + 1] - batch.pageIndptr[request];
    }

    private void reserve(Room room, int query, int scores) {
        if (room.query.length < query) {
            room.query = new float[query];
        }
        if (room.scores.length < scores) {
            room.scores = new float[scores];
        }
        if (room.out.length < group * headDim) {
            room.out = new float[group * headDim];
            room.inverse = new float[group];
        }
    }

    /** Copy queries, scaled for {@code q * k / sqrt(d)} and for keys that come too small out of {@link Lanes#lowHalves}. */
    private void query(MemorySegment y, long at, float[] q, int to, int n) {
        for (int i = 0; i < n; i++) {
            q[to + i] = y.get(FLOAT, at + 4L * i) * scale * Lanes.HALF_SCALE;
        }
    }

    private void scores(Room room, ForwardBatch batch, int layer, int request, int rows, int kvHead, int stride) {
        int last = room.limits[rows - 1];
        int pages = listed(batch, request);
        for (int page = room.firstPage; page < pages && column(batch, request, page) < last; page++) {
            int column = column(batch, request, page);
            long keys = kv.keys(batch.pageIndices[batch.pageIndptr[request] + page], layer, kvHead);
            for (int i = 0; i < rows; i++) {
                if (room.limits[i] > column) {
                    int q = i * group * headDim;
                    int s = i * group * stride + column;
                    if (vectors) {
                        pageScores(keys, room.query, q, room.scores, s, stride);
                    } else {
                        plainScores(keys, room.query, q, room.scores, s, stride);
                    }
                }
            }
        }
    }

    private void pageScores(long keys, float[] query, int q, float[] scores, int s, int stride) {
        for (int t = 0; t < pageSize; t += COUNT) {
            int g = 0;
            for (; g + 3 <= group; g += 3) {
                dot3(
                        kv.data,
                        keys + 4L * t,
                        4L * pageSize,
                        query,
                        q + g * headDim,
                        headDim,
                        scores,
                        s + g * stride + t,
                        stride);
            }
            for (; g < group; g++) {
                dot1(
                        kv.data,
                        keys + 4L * t,
                        4L * pageSize,
                        query,
                        q + g * headDim,
                        headDim,
                        scores,
                        s + g * stride + t);
            }
        }
    }

    private static void dot3(
            MemorySegment kv, long k, long step, float[] query, int q, int n, float[] scores, int s, int stride) {
        FloatVector a = FloatVector.zero(F);
        FloatVector b = a;
        FloatVector c = a;
        FloatVector d = a;
        FloatVector e = a;
        FloatVector f = a;
        for (int i = 0; i < n; i += 2) {
            IntVector v = loadInts(kv, k);
            FloatVector even = lowHalves(v);
            FloatVector odd = highHalves(v);
            a = even.fma(FloatVector.broadcast(F, query[q + i]), a);
            b = odd.fma(FloatVector.broadcast(F, query[q + i + 1]), b);
            c = even.fma(FloatVector.broadcast(F, query[q + n + i]), c);
            d = odd.fma(FloatVector.broadcast(F, query[q + n + i + 1]), d);
            e = even.fma(FloatVector.broadcast(F, query[q + 2 * n + i]), e);
            f = odd.fma(FloatVector.broadcast(F, query[q + 2 * n + i + 1]), f);
            k += step;
        }
        a.add(b).intoArray(scores, s);
        c.add(d).intoArray(scores, s + stride);
        e.add(f).intoArray(scores, s + 2 * stride);
    }

    private static void dot1(MemorySegment kv, long k, long step, float[] query, int q, int n, float[] scores, int s) {
        FloatVector a = FloatVector.zero(F);
        FloatVector b = a;
        for (int i = 0; i < n; i += 2) {
            IntVector v = loadInts(kv, k);
            a = lowHalves(v).fma(FloatVector.broadcast(F, query[q + i]), a);
            b = highHalves(v).fma(FloatVector.broadcast(F, query[q + i + 1]), b);
            k += step;
        }
        a.add(b).intoArray(scores, s);
    }

    private void plainScores(long keys, float[] query, int q, float[] scores, int s, int stride) {
        for (int g = 0; g < group; g++) {
            for (int t = 0; t < pageSize; t++) {
                float even = 0;
                float odd = 0;
                for (int i = 0; i < headDim; i += 2) {
                    int v = kv.data.get(INT, keys + 4L * (i / 2 * pageSize + t));
                    even = Math.fma(low(v), query[q + g * headDim + i], even);
                    odd = Math.fma(high(v), query[q + g * headDim + i + 1], odd);
                }
                scores[s + g * stride + t] = even + odd;
            }
        }
    }

    private static float low(int v) {
        return Float.intBitsToFloat(v << 16 >> 3 & 0x8fffe000);
    }

    private static float high(int v) {
        return Float.intBitsToFloat(v >> 3 & 0x8fffe000);
    }

    private void values(
            Room room, ForwardBatch batch, int layer, int request, int row, int s, int stride, int kvHead, int limit) {
        boolean masked = batch.maskIndptr[request + 1] > batch.maskIndptr[request];
        Arrays.fill(room.out, 0, group * headDim, 0);
        int slot = slot(batch, request, row);
        int hiddenEnd = batch.hiddenEnd(request, slot);
        int start = room.firstPage == 0 ? 0 : column(batch, request, room.firstPage);
        for (int g = 0; g < group; g++) {
            int at = s + g * stride;
            if (hiddenEnd > batch.sink[request]) {
                hide(batch, request, room.firstPage, batch.sink[request], hiddenEnd, room.scores, at, limit);
            }
            if (room.window > 0 && slot >= room.window) {
                hide(batch, request, room.firstPage, 0, slot - room.window + 1, room.scores, at, limit);
            }
            if (masked) {
                int line = row - batch.qoIndptr[request];
                mask(batch, request, room.firstPage, line, room.scores, at, limit);
            }
            room.inverse[g] = Softmax.weights(room.scores, at + start, limit - start, room.lanes);
        }
        int pages = listed(batch, request);
        for (int page = room.firstPage; page < pages && column(batch, request, page) < limit; page++) {
            int column = column(batch, request, page);
            long v = kv.values(batch.pageIndices[batch.pageIndptr[request] + page], layer, kvHead);
            int tokens = Math.min(pageSize, limit - column);
            if (vectors) {
                pageValues(v, tokens, room.scores, s + column, stride, room.out);
            } else {
                plainValues(v, tokens, room.scores, s + column, stride, room.out);
            }
        }
        for (int i = 0; i < group * headDim; i++) {
            room.out[i] *= room.inverse[i / headDim];
        }
    }

    /** Hide the slots [begin, end). */
    private void hide(
            ForwardBatch batch, int request, int firstPage, int begin, int end, float[] scores, int s, int limit) {
        if (!packed) {
            Arrays.fill(scores, s + Math.min(begin, limit), s + Math.min(end, limit), Float.NEGATIVE_INFINITY);
            return;
        }
        int pages = listed(batch, request);
        for (int page = firstPage; page < pages && column(batch, request, page) < limit; page++) {
            int column = column(batch, request, page);
            int first = pageSize * batch.pageOrdinals[batch.pageIndptr[request] + page];
            int from = Math.clamp(begin - first, 0, pageSize);
            int to = Math.clamp(end - first, from, Math.max(from, Math.min(pageSize, limit - column)));
            Arrays.fill(scores, s + column + from, s + column + to, Float.NEGATIVE_INFINITY);
        }
    }

    private void mask(ForwardBatch batch, int request, int firstPage, int row, float[] scores, int s, int limit) {
        long from = (long) row * batch.kvLength[request];
        int first = batch.maskIndptr[request];
        for (int page = firstPage; page < listed(batch, request) && column(batch, request, page) < limit; page++) {
            int column = column(batch, request, page);
            int slot = pageSize * batch.pageOrdinals[batch.pageIndptr[request] + page];
            for (int i = 0; i < Math.min(pageSize, limit - column); i++) {
                long bit = from + slot + i;
                if ((batch.maskBits[first + (int) (bit >> 6)] >>> bit & 1) == 0) {
                    scores[s + column + i] = Float.NEGATIVE_INFINITY;
                }
            }
        }
        if (!packed && batch.pagesLeftOut(request) > 0) {
            holes(batch, request, scores, s, limit);
        }
    }

    private void holes(ForwardBatch batch, int request, float[] scores, int s, int limit) {
        int next = 0;
        for (int page = 0; page < listed(batch, request); page++) {
            int column = column(batch, request, page);
            Arrays.fill(scores, s + Math.min(next, limit), s + Math.min(column, limit), Float.NEGATIVE_INFINITY);
            next = column + pageSize;
        }
    }

    private void pageValues(long v, int tokens, float[] weights, int s, int stride, float[] out) {
        int half = headDim / 2;
        for (int c = 0; c < half; c += COUNT) {
            int g = 0;
            for (; g + 3 <= group; g += 3) {
                sum3(
                        kv.data,
                        v + 4L * c,
                        4L * half,
                        tokens,
                        weights,
                        s + g * stride,
                        stride,
                        out,
                        g * headDim + c,
                        half);
            }
            for (; g < group; g++) {
                sum1(kv.data, v + 4L * c, 4L * half, tokens, weights, s + g * stride, out, g * headDim + c, half);
            }
        }
    }

    private static void sum3(
            MemorySegment kv,
            long v,
            long step,
            int tokens,
            float[] p,
            int s,
            int stride,
            float[] out,
            int o,
            int half) {
        int o2 = o + 2 * half;
        int o3 = o + 4 * half;
        FloatVector a = FloatVector.fromArray(F, out, o);
        FloatVector b = FloatVector.fromArray(F, out, o + half);
        FloatVector c = FloatVector.fromArray(F, out, o2);
        FloatVector d = FloatVector.fromArray(F, out, o2 + half);
        FloatVector e = FloatVector.fromArray(F, out, o3);
        FloatVector f = FloatVector.fromArray(F, out, o3 + half);
        for (int t = 0; t < tokens; t++) {
            IntVector w = loadInts(kv, v);
            FloatVector low = lowHalves(w);
            FloatVector high = highHalves(w);
            FloatVector x = FloatVector.broadcast(F, p[s + t]);
            a = low.fma(x, a);
            b = high.fma(x, b);
            x = FloatVector.broadcast(F, p[s + stride + t]);
            c = low.fma(x, c);
            d = high.fma(x, d);
            x = FloatVector.broadcast(F, p[s + 2 * stride + t]);
            e = low.fma(x, e);
            f = high.fma(x, f);
            v += step;
        }
        a.intoArray(out, o);
        b.intoArray(out, o + half);
        c.intoArray(out, o2);
        d.intoArray(out, o2 + half);
        e.intoArray(out, o3);
        f.intoArray(out, o3 + half);
    }

    private static void sum1(
            MemorySegment kv, long v, long step, int tokens, float[] p, int s, float[] out, int o, int half) {
        FloatVector a = FloatVector.fromArray(F, out, o);
        FloatVector b = FloatVector.fromArray(F, out, o + half);
        for (int t = 0; t < tokens; t++) {
            IntVector w = loadInts(kv, v);
            FloatVector x = FloatVector.broadcast(F, p[s + t]);
            a = lowHalves(w).fma(x, a);
            b = highHalves(w).fma(x, b);
            v += step;
        }
        a.intoArray(out, o);
        b.intoArray(out, o + half);
    }

    private void plainValues(long v, int tokens, float[] weights, int s, int stride, float[] out) {
        int half = headDim / 2;
        for (int g = 0; g < group; g++) {
            for (int t = 0; t < tokens; t++) {
                float p = weights[s + g * stride + t];
                for (int i = 0; i < half; i++) {
                    int w = kv.data.get(INT, v + 4L * (t * half + i));
                    out[g * headDim + i] = Math.fma(low(w), p, out[g * headDim + i]);
                    out[g * headDim + half + i] = Math.fma(high(w), p, out[g * headDim + half + i]);
                }
            }
        }
    }
}
