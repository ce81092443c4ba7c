package pie.cpu.arch;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import pie.cpu.kernel.DnnlLinear;
import pie.cpu.kernel.DnnlTeam;
import pie.cpu.kernel.Linear;
import pie.cpu.kernel.OffHeap;
import pie.cpu.kernel.PackedMatrix;
import pie.cpu.kernel.Team;
import pie.engine.model.Dequantizer;
import pie.engine.model.Tensor;

/** Pack for oneDNN; the embedding table stays compact. */
public final class DnnlPacker implements Packer {
    /** A matrix of more columns is a head: it sees few rows at once. */
    private static final int WIDE = 16_384;

    private static final int HEAD_ROWS = 32;

    private final DnnlTeam shared;
    private final DnnlTeam.Mode mode;
    private final Team team;
    private final VectorPacker tables;
    private final int maxRows;
    private final Set<List<Integer>> shapes = new HashSet<>();
    private long bytes;

    /** @param maxRows most rows of a batch */
    public DnnlPacker(DnnlTeam shared, DnnlTeam.Mode mode, Team team, VectorPacker tables, int maxRows) {
        this.shared = shared;
        this.mode = mode;
        this.team = team;
        this.tables = tables;
        this.maxRows = maxRows;
    }

    @Override
    public PackedMatrix matrix(Piece piece) {
        return tables.matrix(piece);
    }

    @Override
    public Linear linear(Piece piece, PackedMatrix packed) {
        return linear(List.of(piece));
    }

    @Override
    public Linear linear(List<Piece> pieces) {
        int k = pieces.getFirst().tensor().columns();
        int[] offsets = new int[pieces.size()];
        int n = 0;
        for (int i = 0; i < offsets.length; i++) {
            offsets[i] = n;
            n += pieces.get(i).tensor().rows();
        }
        DnnlLinear.Source source = (from, count, out) -> fill(pieces, offsets, k, from, count, out);
        DnnlLinear linear = new DnnlLinear(shared, k, n, offsets, source);
        if (shapes.add(List.of(k, n))) {
            linear.settle(n < WIDE ? maxRows : Math.min(maxRows, HEAD_ROWS), source);
        }
        for (Piece p : pieces) {
            OffHeap.forget(p.tensor().data());
        }
        bytes += (mode == DnnlTeam.Mode.F32 ? 4L : 2L) * k * n;
        return linear;
    }

    private void fill(
            List<Piece> pieces, int[] offsets, int k, int from, int count, java.lang.foreign.MemorySegment out) {
        team.run(worker -> {
            for (int i = team.ticket(); i < count; i = team.ticket()) {
                int part = offsets.length - 1;
                while (offsets[part] > from + i) {
                    part--;
                }
                Tensor tensor = pieces.get(part).tensor();
                Dequantizer.rows(tensor, pieces.get(part).source(from + i - offsets[part]), 1, out, 4L * i * k);
            }
        });
    }

    @Override
    public String weightType() {
        return mode.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public long bytes() {
        return bytes + tables.bytes();
    }

    @Override
    public String stage() {
        return tables.stage();
    }

    @Override
    public void done() {
        tables.done();
    }

    @Override
    public void close() {
        tables.close();
    }
}
