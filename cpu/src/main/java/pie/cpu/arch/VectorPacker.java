package pie.cpu.arch;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import pie.cpu.kernel.IntegerKernels;
import pie.cpu.kernel.Lanes;
import pie.cpu.kernel.Linear;
import pie.cpu.kernel.OffHeap;
import pie.cpu.kernel.PackedLinear;
import pie.cpu.kernel.PackedMatrix;
import pie.cpu.kernel.PackedTeam;
import pie.cpu.kernel.Slab;
import pie.cpu.kernel.StripWriter;
import pie.cpu.kernel.Team;
import pie.cpu.kernel.WeightFormat;
import pie.engine.model.Dequantizer;
import pie.engine.model.Tensor;
import pie.engine.model.TensorType;

/**
 * Pack for the vector kernels and for those of integers: 4- and 8-bit blocks stay as they are, and blocks of other integers become 8-bit
 * ones of the same values; what the kernels at hand have no integers for becomes half floats or stays exact.
 */
public final class VectorPacker implements Packer {
    /** Ask for one format, or for the most compact one that loses nothing that matters; integers are rounded to if need be. */
    public enum Choice {
        AUTO,
        F32,
        F16,
        BF16,
        INT8,
        INT4
    }

    /** Panels per worker from which on each piece of a linear is split for itself. */
    private static final int ENOUGH = 4;

    private final Slab slab;
    private final Team team;
    private final Choice choice;
    private final PackedTeam shared;
    private final boolean integers;
    private final Optional<WeightCache> cache;
    private final Map<WeightFormat, Long> bytes = new EnumMap<>(WeightFormat.class);

    /**
     * @param maxRows most rows of a batch
     * @param gradual let kernels for few rows take over as they become fast
     * @param integers what multiplies integer weights, if not the kernels for floats do
     * @param cache where packed weights come from and go to; closed with this
     */
    public VectorPacker(
            Arena arena,
            Team team,
            Choice choice,
            int maxRows,
            boolean gradual,
            Optional<IntegerKernels> integers,
            Optional<WeightCache> cache) {
        slab = new Slab(arena);
        this.team = team;
        this.choice = choice;
        this.cache = cache;
        this.integers = integers.isPresent();
        shared = new PackedTeam(team, maxRows, gradual, integers);
    }

    @Override
    public Linear linear(List<Piece> pieces) {
        List<PackedMatrix> parts = new ArrayList<>();
        int[][] cuts = cuts(pieces);
        for (int i = 0; i < cuts.length; i++) {
            parts.add(matrix(pieces.get(i), cuts[i]));
        }
        return new PackedLinear(shared, parts);
    }

    @Override
    public Linear linear(Piece piece, PackedMatrix packed) {
        return new PackedLinear(shared, List.of(packed));
    }

    @Override
    public PackedMatrix matrix(Piece piece) {
        return matrix(piece, cuts(List.of(piece))[0]);
    }

    private static int panels(Piece piece) {
        return Lanes.roundUp(piece.tensor().rows()) / Lanes.COUNT;
    }

    /** Return the panels of each piece where a worker's share begins: of each piece alike, or of all in a row if there are few. */
    private int[][] cuts(List<Piece> pieces) {
        int workers = team.size();
        int all = pieces.stream().mapToInt(VectorPacker::panels).sum();
        boolean alike = pieces.stream().allMatch(p -> panels(p) >= ENOUGH * workers);
        int[][] cuts = new int[pieces.size()][workers + 1];
        int base = 0;
        for (int i = 0; i < cuts.length; i++) {
            int panels = panels(pieces.get(i));
            for (int t = 0; t <= workers; t++) {
                cuts[i][t] = alike
                        ? (int) ((long) panels * t / workers)
                        : Math.clamp((long) all * t / workers - base, 0, panels);
            }
            base += panels;
        }
        return cuts;
    }

    private PackedMatrix matrix(Piece piece, int[] cuts) {
        Tensor tensor = piece.tensor();
        int k = tensor.columns();
        int n = tensor.rows();
        WeightFormat format = format(tensor);
        long size = PackedMatrix.bytes(format, k, n);
        PackedMatrix m = new PackedMatrix(format, k, n, cuts, slab.allocate(size));
        bytes.merge(format, size, Long::sum);
        if (cache.isEmpty() || !cache.get().fill(m.data())) {
            pack(piece, m);
            OffHeap.forget(tensor.data());
            cache.ifPresent(c -> c.pack(m.data()));
        }
        return m;
    }

    private void pack(Piece piece, PackedMatrix m) {
        Tensor tensor = piece.tensor();
        int[] strips = m.strips();
        team.run(worker -> {
            var writer = new StripWriter(m);
            for (int i = team.ticket(); i < strips.length; i = team.ticket()) {
                writer.begin(strips[i]);
                for (int column = strips[i] * Lanes.COUNT; column < m.end(strips[i]); column++) {
                    write(writer, column, tensor, piece.source(column));
                }
                writer.end();
            }
        });
    }

    @Override
    public String stage() {
        return cache.filter(WeightCache::reads).isPresent() ? "reading packed weights" : "packing weights";
    }

    @Override
    public void done() {
        cache.ifPresent(WeightCache::keep);
    }

    @Override
    public void close() {
        cache.ifPresent(WeightCache::close);
    }

    @Override
    public String weightType() {
        return Collections.max(bytes.entrySet(), Map.Entry.comparingByValue())
                .getKey()
                .name()
                .toLowerCase(Locale.ROOT);
    }

    @Override
    public long bytes() {
        return bytes.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Embedding and head suffer most from 4 bits and take 8, unless the file has them in 4. */
    private Choice choice(Tensor tensor) {
        boolean table =
                tensor.name().equals("token_embd.weight") || tensor.name().equals("output.weight");
        return choice == Choice.INT4 && table && !isFourBits(tensor.type()) ? Choice.INT8 : choice;
    }

    private static boolean isFourBits(TensorType type) {
        return type == TensorType.Q4_0 || type == TensorType.Q4_1 || type == TensorType.Q4_K;
    }

    private WeightFormat format(Tensor tensor) {
        return switch (choice(tensor)) {
            case F32 -> WeightFormat.F32;
            case F16 -> WeightFormat.F16;
            case BF16 -> WeightFormat.BF16;
            case INT8 -> WeightFormat.Q8;
            case INT4 -> WeightFormat.Q4;
            case AUTO ->
                switch (tensor.type()) {
                    case Q4_0, Q4_1, Q4_K -> WeightFormat.Q4;
                    case Q8_0, Q5_0, IQ4_NL -> WeightFormat.Q8;
                    case Q5_1, Q5_K, IQ4_XS -> integers ? WeightFormat.Q8_MINIMUM : WeightFormat.F16;
                    case Q3_K, Q6_K -> integers ? WeightFormat.Q8_PAIR : WeightFormat.F16;
                    // its powers of two reach beyond those of halves
                    case MXFP4 -> integers ? WeightFormat.Q8_MINIMUM : WeightFormat.BF16;
                    case BF16 -> WeightFormat.BF16;
                    case F32 -> WeightFormat.F32;
                    case F16, Q2_K -> WeightFormat.F16;
                };
        };
    }

    private void write(StripWriter writer, int column, Tensor tensor, int row) {
        long at = tensor.type().bytes(tensor.columns()) * row;
        Choice choice = choice(tensor);
        boolean kept = switch (choice) {
            case AUTO -> true;
            case F32, F16, BF16 -> false;
            case INT8 -> tensor.type() == TensorType.Q8_0;
            case INT4 -> isFourBits(tensor.type());
        };
        if (!kept) {
            rounded(writer, column, Dequantizer.row(tensor, row), choice);
            return;
        }
        switch (tensor.type()) {
            case Q4_0 -> writer.q40(column, tensor.data(), at);
            case Q4_1 -> writer.q41(column, tensor.data(), at);
            case Q4_K -> writer.q4k(column, tensor.data(), at);
            case Q8_0 -> writer.q80(column, tensor.data(), at);
            case Q5_0, Q5_1, Q3_K, Q5_K, Q6_K, IQ4_NL, IQ4_XS, MXFP4 -> {
                if (format(tensor).bits() > 0) {
                    writer.integers(column, Dequantizer.integers(tensor, row));
                } else {
                    writer.floats(column, Dequantizer.row(tensor, row));
                }
            }
            case BF16, F32, F16, Q2_K -> writer.floats(column, Dequantizer.row(tensor, row));
        }
    }

    private static void rounded(StripWriter writer, int column, float[] values, Choice choice) {
        switch (choice) {
            case INT8 -> writer.q80(column, Rounding.q80(values), 0);
            case INT4 -> writer.q41(column, Rounding.q41(values), 0);
            case AUTO, F32, F16, BF16 -> writer.floats(column, values);
        }
    }
}
