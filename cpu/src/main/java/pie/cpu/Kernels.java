package pie.cpu;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import pie.cpu.arch.Decoder;
import pie.cpu.arch.DecoderLoader;
import pie.cpu.arch.DnnlPacker;
import pie.cpu.arch.Packer;
import pie.cpu.arch.VectorPacker;
import pie.cpu.arch.WeightCache;
import pie.cpu.kernel.DnnlTeam;
import pie.cpu.kernel.InstructionSet;
import pie.cpu.kernel.IntegerKernels;
import pie.cpu.kernel.Lanes;
import pie.cpu.kernel.Team;
import pie.engine.driver.WeightFolder;
import pie.engine.model.ModelConfig;
import pie.engine.model.ModelFiles;

/**
 * Choose the matmuls for this machine and load a model for them: oneDNN in bf16 where there is AMX, else own kernels over the weights as
 * compact as the file has them: assembled ones where integer weights meet a processor with AVX-512 VNNI, AVX-VNNI or AVX2, and else those
 * of the Vector API. What oneDNN cannot do fast, or not alike for every row, falls back to the next choice.
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
        Optional<IntegerKernels> integers = integers(processor);
        Packer packer =
                vectors(VectorPacker.Choice.valueOf(options.weights().name()), integers, cache(integers.isPresent()));
        return new Loaded(decoder(packer, "own kernels"), packer);
    }

    private Optional<IntegerKernels> integers(Processor processor) {
        Optional<InstructionSet> asked = options.kernels().set();
        if (asked.isPresent() && !asked.get().supported(processor::has)) {
            throw CpuOptions.invalid(
                    "kernels",
                    CpuOptions.spelled(options.kernels()),
                    "this needs Linux on a processor with " + asked.get().label() + "; leave it out, or give vector");
        }
        Optional<InstructionSet> set =
                options.kernels() == CpuOptions.Kernels.AUTO ? InstructionSet.best(processor::has) : asked;
        if (set.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new IntegerKernels(arena, set.get(), options.activations(), team.size(), maxRows));
        } catch (UnsupportedOperationException e) {
            progress.accept(e.getMessage() + "; trying the next kernels");
            return Optional.empty();
        }
    }

    private List<DnnlTeam.Mode> modes(Processor processor) {
        return switch (options.kernels()) {
            case VNNI, AVX_VNNI, AVX2, VECTOR -> List.of();
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
                    case INT8, INT4 ->
                        throw CpuOptions.invalid(
                                "weights",
                                options.weights().name().toLowerCase(Locale.ROOT),
                                "the onednn kernels take f32, f16 and bf16; leave kernels at auto or give vector");
                };
        };
    }

    private Loaded dnnl(DnnlTeam.Mode mode) {
        ModelConfig shape = model.config();
        int widest = Math.max(Math.max(shape.hidden(), shape.ffn()), shape.heads() * shape.headDim());
        DnnlTeam shared = DnnlTeam.open(team, mode, arena, maxRows, widest);
        Packer packer = new DnnlPacker(
                shared, mode, team, vectors(VectorPacker.Choice.AUTO, Optional.empty(), Optional.empty()), maxRows);
        return new Loaded(decoder(packer, "oneDNN " + mode), packer);
    }

    private VectorPacker vectors(
            VectorPacker.Choice choice, Optional<IntegerKernels> integers, Optional<WeightCache> cache) {
        boolean gradual = options.priority() == ThreadPriority.LOW;
        return new VectorPacker(arena, team, choice, maxRows, gradual, integers, cache);
    }

    private Optional<WeightCache> cache(boolean integers) {
        String layout = "weights " + options.weights() + " lanes " + Lanes.COUNT + " threads " + team.size()
                + (integers ? " integers" : "");
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
