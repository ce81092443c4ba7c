package pie.cpu.kernel;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Multiply by compact weights with the Vector API: a run of panels is unpacked into a buffer that stays in cache, then all rows pass
 * over it. Workers split the panels.
 */
public final class PackedLinear implements Linear {
    /** Panels that are unpacked side by side. */
    private static final int WIDTH = 4;
    /** Most k of a run; with {@link #WIDTH} panels it fills half of a first-level cache. */
    private static final int RUN = 64;

    /** A piece of one worker's share: panels [from, to) of a matrix. */
    private record Share(PackedMatrix matrix, int column, int from, int to) {}

    private final List<PackedMatrix> parts;
    private final int[] offsets;
    private final int stride;
    private final int k;
    private final List<List<Share>> shares = new ArrayList<>();
    private final float[][] room;

    /** @param room one buffer per worker, of {@link #roomFloats} floats; shared by the matrices of a model */
    public PackedLinear(List<PackedMatrix> parts, float[][] room) {
        this.parts = List.copyOf(parts);
        this.room = room;
        k = parts.getFirst().k;
        offsets = new int[parts.size()];
        int at = 0;
        for (int i = 0; i < offsets.length; i++) {
            offsets[i] = at;
            at += parts.get(i).panels() * Lanes.COUNT;
        }
        stride = at;
        int panels = at / Lanes.COUNT;
        int workers = room.length;
        for (int t = 0; t < workers; t++) {
            shares.add(share(cut(panels, t, workers), cut(panels, t + 1, workers)));
        }
    }

    /** Return floats of the buffer that each worker needs. */
    public static int roomFloats() {
        return WIDTH * RUN * Lanes.COUNT;
    }

    private static int cut(int panels, int worker, int workers) {
        return (int) ((long) panels * worker / workers);
    }

    private List<Share> share(int from, int to) {
        List<Share> list = new ArrayList<>();
        int base = 0;
        for (int i = 0; i < offsets.length; i++) {
            PackedMatrix m = parts.get(i);
            int low = Math.max(from, base) - base;
            int high = Math.min(to, base + m.panels()) - base;
            if (low < high) {
                list.add(new Share(m, offsets[i], low, high));
            }
            base += m.panels();
        }
        return List.copyOf(list);
    }

    @Override
    public int stride() {
        return stride;
    }

    @Override
    public int offset(int part) {
        return offsets[part];
    }

    @Override
    public void run(int worker, MemorySegment x, int rows, MemorySegment y) {
        List<Share> own = shares.get(worker);
        for (int i = 0; i < own.size(); i++) {
            Share s = own.get(i);
            for (int p = s.from; p < s.to; ) {
                int width = width(s.to - p);
                panels(s.matrix, p, width, x, rows, y, 4L * (s.column + p * Lanes.COUNT), room[worker]);
                p += width;
            }
        }
    }

    private static int width(int left) {
        return left >= WIDTH ? WIDTH : left >= 2 ? 2 : 1;
    }

    private void panels(
            PackedMatrix m, int panel, int width, MemorySegment x, int rows, MemorySegment y, long at, float[] w) {
        long yStride = 4L * stride;
        Matmul.clear(y, at, yStride, rows, width);
        for (int k0 = 0; k0 < k; k0 += RUN) {
            int count = Math.min(RUN, k - k0);
            for (int p = 0; p < width; p++) {
                Unpack.panel(
                        m.format,
                        m.data,
                        (panel + p) * m.panelBytes,
                        k0,
                        count,
                        w,
                        p * Lanes.COUNT,
                        width * Lanes.COUNT);
            }
            Matmul.rows(w, width, count, x, 4L * k0, 4L * k, y, at, yStride, rows);
        }
    }

    @Override
    public String describe() {
        return "vector " + Lanes.F.vectorBitSize() + " " + parts.getFirst().format;
    }
}
