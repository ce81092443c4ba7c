package pie.cpu;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import pie.cpu.arch.Decoder;
import pie.cpu.arch.Packer;
import pie.cpu.kernel.KvPool;
import pie.cpu.kernel.Lanes;
import pie.cpu.kernel.Team;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.driver.DeviceInfo;
import pie.engine.driver.Driver;
import pie.engine.driver.DriverCapabilities;
import pie.engine.driver.DriverConfig;
import pie.engine.driver.DriverProvider;
import pie.engine.model.ModelConfig;
import pie.engine.model.ModelFiles;

/** Open models on the processor. */
public final class CpuDriverProvider implements DriverProvider {
    private static final String DEVICE = "cpu:0";
    /** Contexts of full length that the page pool has room for, memory permitting. */
    private static final int CONTEXTS = 64;

    @Override
    public String kind() {
        return "cpu";
    }

    @Override
    public List<DeviceInfo> devices() {
        return List.of(new DeviceInfo(DEVICE, Processor.current().name(), Processor.memory()));
    }

    @Override
    public Driver open(ModelFiles model, DriverConfig config, Consumer<String> progress) {
        if (!config.device().equals("auto") && !config.device().equals(DEVICE)) {
            throw new PieException(
                    ErrorCode.NOT_FOUND, "no device " + config.device() + ": the cpu driver has " + DEVICE);
        }
        CpuOptions options = CpuOptions.of(config.options());
        Limits limits = Limits.of(model.config(), config);
        Arena arena = Arena.ofShared();
        Team team = new Team(options.threads(), "pie-cpu", options.priority()::take);
        try {
            return open(model, limits, options, arena, team, progress);
        } catch (RuntimeException | Error e) {
            team.close();
            arena.close();
            throw e;
        }
    }

    private static Driver open(
            ModelFiles model, Limits limits, CpuOptions options, Arena arena, Team team, Consumer<String> progress) {
        Kernels kernels = new Kernels(model, limits.maxContext(), limits.maxRows(), options, arena, team, progress);
        Kernels.Loaded loaded = kernels.load(Processor.current());
        try {
            return driver(model, limits, options, arena, team, loaded, progress);
        } catch (RuntimeException | Error e) {
            loaded.packer().close();
            throw e;
        }
    }

    private static Driver driver(
            ModelFiles model,
            Limits limits,
            CpuOptions options,
            Arena arena,
            Team team,
            Kernels.Loaded loaded,
            Consumer<String> progress) {
        ModelConfig shape = model.config();
        Decoder decoder = loaded.decoder();
        Packer packer = loaded.packer();
        KvPool kv = new KvPool(
                arena, limits.pages() + 1, limits.pageSize(), shape.layers(), shape.kvHeads(), shape.headDim());
        var attention = new AttentionChoice(options.attention(), Processor.current(), progress)
                .open(arena, kv, shape, team.size());
        String arithmetic = decoder.layers().getFirst().qkv().describe();
        DriverCapabilities capabilities = capabilities(
                model,
                limits,
                Processor.current(),
                arithmetic,
                attention.kernels().describe(),
                packer.weightType(),
                kv);
        Adapters adapters = new Adapters(shape);
        Takeover takeover = options.priority() == ThreadPriority.LOW
                ? Takeover.gradual(Math.max(shape.hidden(), shape.ffn()))
                : Takeover.none();
        ForwardPass pass = new ForwardPass(
                decoder,
                adapters,
                takeover,
                team,
                kv,
                attention.attention(),
                arena,
                limits.maxRows(),
                StepRunner.HEAD_ROWS);
        StepRunner runner = new StepRunner(
                pass, team, shape.vocab(), decoder.head().stride(), limits.pages() + 1, limits.maxRows(), arena);
        Warmup warmup = options.warmup() ? new Warmup(runner, capabilities, limits.pages()) : null;
        return new CpuDriver(capabilities, options.priority(), runner, adapters, warmup, kv, team, arena, packer);
    }

    private static DriverCapabilities capabilities(
            ModelFiles model,
            Limits limits,
            Processor processor,
            String kernels,
            String attention,
            String weights,
            KvPool kv) {
        ModelConfig shape = model.config();
        return new DriverCapabilities(
                "cpu",
                processor.name(),
                kernels + ", attention " + attention,
                limits.pages(),
                limits.pageSize(),
                limits.maxContext(),
                shape.vocab(),
                kv.pageBytes(),
                model.fingerprint(),
                String.format(
                        Locale.ROOT,
                        "cpu-f16-p%d-l%d-h%d-d%d",
                        limits.pageSize(),
                        shape.layers(),
                        shape.kvHeads(),
                        shape.headDim()),
                "cpu " + kernels + ", lanes " + Lanes.COUNT,
                weights,
                "f16",
                "f32",
                limits.maxRows(),
                limits.maxRequests(),
                limits.maxRows(),
                true,
                true,
                true,
                true,
                true,
                Adapters.MOST,
                Adapters.MOST_RANK);
    }

    /** Sizes of pool and batches. */
    private record Limits(int pages, int pageSize, int maxContext, int maxRows, int maxRequests) {
        static Limits of(ModelConfig model, DriverConfig config) {
            int pageSize = config.pageSize();
            if (Integer.bitCount(pageSize) != 1 || pageSize < 8 || pageSize > 64) {
                throw CpuOptions.invalid("page_size", "" + pageSize, "give 8, 16, 32 or 64");
            }
            int maxContext = config.maxContext() == 0 ? model.maxContext() : config.maxContext();
            if (maxContext < 1 || maxContext > model.maxContext()) {
                throw CpuOptions.invalid(
                        "max_context", "" + maxContext, "the model takes at most " + model.maxContext() + " tokens");
            }
            if (config.maxBatchTokens() < 1) {
                throw CpuOptions.invalid("max_batch_tokens", "" + config.maxBatchTokens(), "give 1 or more");
            }
            if (config.maxBatchSize() < 1) {
                throw CpuOptions.invalid("max_batch_size", "" + config.maxBatchSize(), "give 1 or more");
            }
            if (config.pages() < 0) {
                throw CpuOptions.invalid("pages", "" + config.pages(), "give 0 for auto, or a number of pages");
            }
            int pages = config.pages() > 0 ? config.pages() : autoPages(model, pageSize, maxContext);
            return new Limits(pages, pageSize, maxContext, config.maxBatchTokens(), config.maxBatchSize());
        }

        private static int autoPages(ModelConfig model, int pageSize, int maxContext) {
            long page = KvPool.pageBytes(pageSize, model.layers(), model.kvHeads(), model.headDim());
            long wanted = (long) CONTEXTS * ((maxContext + pageSize - 1) / pageSize);
            return (int) Math.clamp(Processor.memory() / 4 / page, 1, Math.min(wanted, Integer.MAX_VALUE - 1));
        }
    }
}
