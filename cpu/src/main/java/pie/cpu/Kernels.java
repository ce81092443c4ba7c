package pie.cpu;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import pie.cpu.arch.Decoder;
import pie.cpu.arch.DecoderLoader;
import pie.cpu.arch.DnnlPacker;
import pie.cpu.arch.Packer;
import pie.cpu.arch.VectorPacker;
import pie.cpu.arch.WeightCache;
import pie.cpu.kernel.DnnlTeam;
import pie.cpu.kernel.Lanes;
import pie.cpu.kernel.Team;
import pie.engine.driver.WeightFolder;
import pie.engine.model.ModelConfig;
import pie.engine.model.ModelFiles;

/**
 * Choose the matmuls for this machine and load a model for them: oneDNN in bf16 where there is AMX, else own vector kernels over the
 * weights as compact as the file has them. What oneDNN cannot do fast, or not alike for every row, falls back to the next choice.
 */
final class Kernels {
    /** A model packed for the kernels that were chosen. */
    record Loaded(Decoder decoder, Packer packer) {}

    private final ModelFiles model;
    private final int maxContext;
    private final int maxRows;
    private final CpuOptions options;
    private final Arena arena;
    private final Team team;
    private final Consumer<String> progress;

    Kernels(
            ModelFiles model,
            int maxContext,
            int maxRows,
            CpuOptions options,
            Arena arena,
            Team team,
            Consumer<String> progress) {
        this.model = model;
        this.maxContext = maxContext;
        this.maxRows = maxRows;
        this.options = options;
        this.arena = arena;
        this.team = team;
        this.progress = progress;
    }

    Loaded load(Processor processor) {
        for (DnnlTeam.Mode mode : modes(processor)) {
            try {
                return dnnl(mode);
            } catch (UnsupportedOperationException e) {
                progress.accept(e.getMessage() + "; trying the next kernels");
            }
        }
        Packer packer = vectors(VectorPacker.Choice.valueOf(options.weights().name()), cache());
        return new Loaded(decoder(packer, "vector kernels"), packer);
    }

    private List<DnnlTeam.Mode> modes(Processor processor) {
        return switch (options.kernels()) {
            case VECTOR -> List.of();
            case AUTO ->
                processor.amx()
                                && (options.weights() == CpuOptions.Weights.AUTO
                                        || options.weights() == CpuOptions.Weights.BF16)
                        ? List.of(DnnlTeam.Mode.BF16)
                        : List.of();
            case ONEDNN ->
                switch (options.weights()) {
                    case AUTO -> List.of(DnnlTeam.Mode.F16, DnnlTeam.Mode.F32);
                    case F32 -> List.of(DnnlTeam.Mode.F32);
                    case F16 -> List.of(DnnlTeam.Mode.F16);
                    case BF16 -> List.of(DnnlTeam.Mode.BF16);
                };
        };
    }

    private Loaded dnnl(DnnlTeam.Mode mode) {
        ModelConfig shape = model.config();
        int widest = Math.max(Math.max(shape.hidden(), shape.ffn()), shape.heads() * shape.headDim());
        DnnlTeam shared = DnnlTeam.open(team, mode, arena, maxRows, widest);
        Packer packer =
                new DnnlPacker(shared, mode, team, vectors(VectorPacker.Choice.AUTO, Optional.empty()), maxRows);
        return new Loaded(decoder(packer, "oneDNN " + mode), packer);
    }

    private VectorPacker vectors(VectorPacker.Choice choice, Optional<WeightCache> cache) {
        return new VectorPacker(arena, team, choice, maxRows, options.priority() == ThreadPriority.LOW, cache);
    }

    private Optional<WeightCache> cache() {
        String layout = "weights " + options.weights() + " lanes " + Lanes.COUNT + " threads " + team.size();
        return options.weightCache()
                .map(folder -> new WeightCache(new WeightFolder(folder), model.fingerprint(), layout));
    }

    private Decoder decoder(Packer packer, String kernels) {
        progress.accept(packer.stage() + " for " + kernels + " on " + team.size() + " threads");
        try {
            Decoder decoder = new DecoderLoader(model, maxContext, packer, progress).load();
            packer.done();
            return decoder;
        } catch (RuntimeException | Error e) {
            packer.close();
            throw e;
        }
    }
}
