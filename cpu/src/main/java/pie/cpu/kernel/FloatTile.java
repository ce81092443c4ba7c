package pie.cpu.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/** Keep a tile in arrays: what the tile of the Vector API and its scalar twin share. */
abstract class FloatTile implements AttentionTile {
    static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    final MemorySegment data;
    final int headDim;
    final int pageSize;
    private final float scale;

    float[] query = new float[0];
    float[] scores = new float[0];
    float[] out = new float[0];
    private float[] inverse = new float[0];
    int stride;

    FloatTile(KvPool kv, float scale) {
        data = kv.data;
        headDim = kv.headDim;
        pageSize = kv.pageSize;
        this.scale = scale;
    }

    @Override
    public void begin(int vectors, int columns) {
        stride = Lanes.roundUp(columns);
        if (inverse.length < vectors) {
            inverse = new float[vectors];
            query = new float[vectors * headDim];
            out = new float[vectors * headDim];
        }
        if (scores.length < vectors * stride) {
            scores = new float[vectors * stride];
        }
        Arrays.fill(out, 0, vectors * headDim, 0);
    }

    @Override
    public void query(int vector, int vectors, MemorySegment y, long at) {
        int to = vector * headDim;
        for (int i = 0; i < vectors * headDim; i++) {
            query[to + i] = y.get(FLOAT, at + 4L * i) * scale;
        }
    }

    @Override
    public void scores(int vector, int vectors, PageList list, int page, int pages, long offset, int column) {
        for (int p = 0; p < pages; p++) {
            score(vector, vectors, list.start(page + p) + offset, vector * stride + column + p * pageSize);
        }
    }

    /** Score one page; {@code at} is the place of the first vector's first score. */
    abstract void score(int vector, int vectors, long keys, int at);

    @Override
    public void hide(int vector, int from, int to) {
        Arrays.fill(scores, vector * stride + from, vector * stride + to, Float.NEGATIVE_INFINITY);
    }

    @Override
    public void weigh(int vector, int from, int to) {
        inverse[vector] = weigh(vector * stride + from, to - from);
    }

    /** Weigh n scores and return 1 / sum; 0 if nothing may be seen. */
    abstract float weigh(int at, int n);

    @Override
    public void values(
            int vector, int vectors, PageList list, int page, int pages, long offset, int slots, int column) {
        for (int p = 0; p < pages; p++) {
            add(vector, vectors, list.start(page + p) + offset, slots, vector * stride + column + p * pageSize);
        }
    }

    /** Add the values of one page; {@code at} is the place of the first vector's first weight. */
    abstract void add(int vector, int vectors, long values, int slots, int at);

    @Override
    public void write(int vector, int vectors, MemorySegment to, long at) {
        int from = vector * headDim;
        for (int i = 0; i < vectors * headDim; i++) {
            to.set(FLOAT, at + 4L * i, out[from + i] * inverse[vector + i / headDim]);
        }
    }
}
