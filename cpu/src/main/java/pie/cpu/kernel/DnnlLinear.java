package pie.cpu.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Multiply by oneDNN: each worker has its own columns, in pieces of bounded size, and primitives by number of rows. */
public final class DnnlLinear implements Linear {
    /** Columns of a piece: bounds the memory that packing takes. */
    private static final int PIECE = 4096;
    /** Columns are cut at multiples of this. */
    private static final int GRAIN = 32;
    /** Columns of a piece that are compared with plain sums, and the error allowed: twice that of bf16 inputs. */
    private static final int CHECKED = 8;

    private static final double TOLERANCE = 0x1p-7;

    /** Fill rows [from, from + count) of w transposed, [n, k] f32. */
    public interface Source {
        void fill(int from, int count, MemorySegment out);
    }

    /** A primitive bound to memory; source and destination move with the caller's buffers. */
    private static final class Bound {
        final MemorySegment primitive;
        final MemorySegment x;
        final MemorySegment y;
        final MemorySegment arguments;
        long xAt;
        long yAt;

        Bound(MemorySegment primitive, MemorySegment x, MemorySegment y, MemorySegment arguments) {
            this.primitive = primitive;
            this.x = x;
            this.y = y;
            this.arguments = arguments;
        }
    }

    /** Columns [from, from + count) with their weights. */
    private static final class Piece {
        final int from;
        final int count;
        final MemorySegment desc;
        final MemorySegment weights;
        final Map<Integer, Bound> bound = new HashMap<>();

        Piece(int from, int count, MemorySegment desc, MemorySegment weights) {
            this.from = from;
            this.count = count;
            this.desc = desc;
            this.weights = weights;
        }
    }

    private final DnnlTeam shared;
    private final int k;
    private final int n;
    private final int[] offsets;
    private final List<List<Piece>> pieces = new ArrayList<>();
    private String implementation = "";

    /**
     * Pack weights.
     *
     * @param offsets first column of each part
     * @throws UnsupportedOperationException if oneDNN has no fast implementation for this machine
     */
    public DnnlLinear(DnnlTeam shared, int k, int n, int[] offsets, Source source) {
        this.shared = shared;
        this.k = k;
        this.n = n;
        this.offsets = offsets.clone();
        int grains = (n + GRAIN - 1) / GRAIN;
        int workers = shared.team.size();
        for (int t = 0; t < workers; t++) {
            int from = Math.min(n, grains * t / workers * GRAIN);
            int to = Math.min(n, grains * (t + 1) / workers * GRAIN);
            List<Piece> own = new ArrayList<>();
            for (int at = from; at < to; at += PIECE) {
                own.add(pack(at, Math.min(PIECE, to - at), source));
            }
            pieces.add(own);
        }
    }

    private Piece pack(int from, int count, Source source) {
        Dnnl dnnl = shared.dnnl;
        MemorySegment stream = shared.stream(0);
        MemorySegment desc = dnnl.weights(matmul(64, count, dnnl.anyMatrix(shared.mode.weights, k, count)));
        MemorySegment weights = OffHeap.streamed(shared.arena, dnnl.size(desc));
        try (Arena room = Arena.ofShared()) {
            MemorySegment plain = OffHeap.zeroed(room, 4L * k * count);
            source.fill(from, count, plain);
            dnnl.reorder(dnnl.matrix(Dnnl.F32, k, count, 1, k), plain, desc, weights, stream);
        }
        return new Piece(from, count, desc, weights);
    }

    private MemorySegment matmul(int rows, int columns, MemorySegment weights) {
        Dnnl dnnl = shared.dnnl;
        @Nullable
        MemorySegment desc = dnnl.matmul(
                dnnl.matrix(shared.mode.source, rows, k, k, 1),
                weights,
                dnnl.matrix(Dnnl.F32, rows, columns, n, 1),
                shared.mode == DnnlTeam.Mode.F16);
        String name = desc == null ? "none" : dnnl.implementation(desc);
        if (desc == null || !name.startsWith("brg")) {
            throw new UnsupportedOperationException("oneDNN has no fast " + shared.mode + " matmul here, only " + name);
        }
        implementation = name;
        return desc;
    }

    @Override
    public int stride() {
        return n;
    }

    @Override
    public int offset(int part) {
        return offsets[part];
    }

    @Override
    public void run(int worker, MemorySegment x, int rows, MemorySegment y) {
        run(worker, shared.source(worker, x, rows, k), shared.padded(rows), y, shared.stream(worker));
    }

    private void run(int worker, MemorySegment source, int size, MemorySegment y, MemorySegment stream) {
        List<Piece> own = pieces.get(worker);
        for (int i = 0; i < own.size(); i++) {
            Piece p = own.get(i);
            Bound b = p.bound.computeIfAbsent(size, m -> bind(p, m, source, y));
            if (b.xAt != source.address()) {
                shared.dnnl.point(b.x, source);
                b.xAt = source.address();
            }
            long at = y.address() + 4L * p.from;
            if (b.yAt != at) {
                shared.dnnl.point(b.y, MemorySegment.ofAddress(at));
                b.yAt = at;
            }
            shared.dnnl.execute(b.primitive, stream, 3, b.arguments);
        }
    }

    private Bound bind(Piece p, int rows, MemorySegment source, MemorySegment y) {
        Dnnl dnnl = shared.dnnl;
        MemorySegment x = dnnl.memory(dnnl.matrix(shared.mode.source, rows, k, k, 1), source);
        MemorySegment out = dnnl.memory(dnnl.matrix(Dnnl.F32, rows, p.count, n, 1), y);
        MemorySegment primitive = dnnl.primitive(matmul(rows, p.count, p.desc));
        MemorySegment arguments =
                dnnl.arguments(Dnnl.SRC, x, Dnnl.WEIGHTS, dnnl.memory(p.desc, p.weights), Dnnl.DST, out);
        return new Bound(primitive, x, out, arguments);
    }

    /**
     * Find the least number of rows from which on every size gives every row the same bits, and have smaller batches filled up to it.
     * Call for each shape, before any batch runs. Results are compared with plain sums too: some combinations of oneDNN are wrong.
     *
     * @throws UnsupportedOperationException if results are wrong or the largest size treats its rows differently
     */
    public void settle(int maxRows, Source source) {
        int[] sizes = Arrays.stream(shared.sizes())
                .filter(s -> s <= DnnlTeam.size(maxRows))
                .toArray();
        int most = sizes[sizes.length - 1];
        try (Arena room = Arena.ofShared()) {
            MemorySegment x = OffHeap.zeroed(room, 4L * most * k);
            MemorySegment y = OffHeap.zeroed(room, 4L * most * n);
            Random random = new Random(k);
            for (int i = 0; i < k; i++) {
                float value = random.nextFloat() - 0.5f;
                for (int row = 0; row < most; row++) {
                    x.set(ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * (row * k + i), value);
                }
            }
            MemorySegment expected = room.allocate(4L * n, 64);
            for (int i = sizes.length - 1; i >= 0; i--) {
                int size = sizes[i];
                shared.team.run(
                        worker -> run(worker, shared.source(worker, x, size, k), size, y, shared.stream(worker)));
                if (i == sizes.length - 1) {
                    expected.copyFrom(y.asSlice(0, 4L * n));
                    verify(x, expected, source, room);
                }
                if (!same(expected, y, size)) {
                    if (i == sizes.length - 1) {
                        throw new UnsupportedOperationException(
                                "oneDNN's " + implementation + " treats rows differently");
                    }
                    shared.least(sizes[i + 1]);
                    return;
                }
            }
        }
    }

    /** Compare some columns of one row, of each piece, with sums in double. */
    private void verify(MemorySegment x, MemorySegment y, Source source, Arena room) {
        MemorySegment w = OffHeap.zeroed(room, 4L * k);
        for (List<Piece> own : pieces) {
            for (Piece p : own) {
                for (int column = p.from; column < p.from + p.count; column += Math.max(1, p.count / CHECKED)) {
                    source.fill(column, 1, w);
                    double sum = 0;
                    double size = 0;
                    for (int i = 0; i < k; i++) {
                        double product = (double) x.get(ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * i)
                                * w.get(ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * i);
                        sum += product;
                        size += Math.abs(product);
                    }
                    if (!(Math.abs(sum - y.get(ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * column)) <= TOLERANCE * size)) {
                        throw new UnsupportedOperationException("oneDNN's " + implementation + " " + shared.mode
                                + " is wrong for " + k + " x " + n + " on this machine");
                    }
                }
            }
        }
    }

    private boolean same(MemorySegment expected, MemorySegment y, int rows) {
        for (int row = 0; row < rows; row++) {
            if (expected.mismatch(y.asSlice(4L * row * n, 4L * n)) >= 0) {
                return false;
            }
        }
        return true;
    }

    @Override
    public long weightBytes() {
        return pieces.stream()
                .flatMap(List::stream)
                .mapToLong(piece -> piece.weights.byteSize())
                .sum();
    }

    @Override
    public String describe() {
        return "oneDNN " + implementation + " " + shared.mode;
    }
}
