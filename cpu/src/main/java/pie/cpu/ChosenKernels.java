package pie.cpu;

import java.lang.foreign.Arena;
import java.util.Map;
import pie.cpu.arch.Decoder;
import pie.cpu.arch.Packer;
import pie.cpu.kernel.Attention;
import pie.cpu.kernel.AttentionKernels;
import pie.cpu.kernel.KvPool;
import pie.cpu.kernel.Team;
import pie.engine.model.ModelConfig;
import pie.engine.model.ModelFiles;

/** Hold the kernels that the driver would choose for a model on this machine, with no driver around them: so that each can be run alone. */
public final class ChosenKernels implements AutoCloseable {
    private final Arena arena;
    private final Team team;
    private final Packer packer;
    private final Decoder decoder;
    private final KvPool kv;
    private final AttentionChoice.Chosen attention;

    private ChosenKernels(Arena arena, Team team, Kernels.Loaded loaded, KvPool kv, AttentionChoice.Chosen attention) {
        this.arena = arena;
        this.team = team;
        packer = loaded.packer();
        decoder = loaded.decoder();
        this.kv = kv;
        this.attention = attention;
    }

    /**
     * Choose and load.
     *
     * @param options those of the driver
     * @param maxRows most rows of a batch
     * @throws pie.engine.PieException INVALID_ARGUMENT naming the option, if one is wrong or cannot be met here
     */
    public static ChosenKernels open(
            ModelFiles model, Map<String, String> options, int maxRows, int pages, int pageSize) {
        CpuOptions chosen = CpuOptions.of(options);
        Arena arena = Arena.ofShared();
        Team team = new Team(chosen.threads(), "pie-kernels", chosen.priority()::take);
        try {
            ModelConfig shape = model.config();
            KvPool kv = new KvPool(arena, pages, pageSize, shape.layers(), shape.kvHeads(), shape.headDim());
            AttentionChoice.Chosen attention = new AttentionChoice(chosen.attention(), Processor.current(), line -> {})
                    .open(arena, kv, shape, team.size());
            Kernels.Loaded loaded = new Kernels(model, shape.maxContext(), maxRows, chosen, arena, team, line -> {})
                    .load(Processor.current());
            return new ChosenKernels(arena, team, loaded, kv, attention);
        } catch (RuntimeException | Error e) {
            team.close();
            arena.close();
            throw e;
        }
    }

    /** Return the workers; they belong to one caller at a time. */
    public Team team() {
        return team;
    }

    /** Return the packed weights, whose linears are the matmuls. */
    public Decoder decoder() {
        return decoder;
    }

    /** Return keys and values: never written yet. */
    public KvPool kv() {
        return kv;
    }

    /** Return what attends to {@link #kv}. */
    public Attention attention() {
        return attention.attention();
    }

    /** Return the name of what attends. */
    public AttentionKernels attentionKernels() {
        return attention.kernels();
    }

    @Override
    public void close() {
        packer.close();
        team.close();
        arena.close();
    }
}
