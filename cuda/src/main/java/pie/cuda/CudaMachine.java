package pie.cuda;

import java.lang.foreign.Arena;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pie.cuda.api.CudaApi;
import pie.cuda.api.CudaCallException;
import pie.cuda.model.AdapterTables;
import pie.cuda.model.DeviceModel;
import pie.cuda.model.ModelLoader;
import pie.cuda.step.StepRunner;
import pie.cuda.step.StepShape;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.driver.DriverCapabilities;
import pie.engine.model.ModelConfig;
import pie.engine.model.ModelFiles;

/** Hold what one open device has: weights, page pool, step runner. Used by the thread that owns the device alone. */
final class CudaMachine implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CudaMachine.class);
    /** Contexts of full length that the page pool has room for, memory permitting. */
    private static final int CONTEXTS = 64;
    /** Share of the free memory that a pool of automatic size takes at most. */
    private static final double POOL_SHARE = 0.85;

    private final CudaApi api;
    private final Arena arena;
    private final AdapterTables adapters;
    private final PageMover mover;
    private final Optional<CuBlas> library;
    private final StepRunner runner;
    private final DriverCapabilities capabilities;
    private final long totalMemory;

    private CudaMachine(
            CudaApi api,
            Arena arena,
            AdapterTables adapters,
            PageMover mover,
            Optional<CuBlas> library,
            StepRunner runner,
            DriverCapabilities capabilities,
            long totalMemory) {
        this.api = api;
        this.arena = arena;
        this.adapters = adapters;
        this.mover = mover;
        this.library = library;
        this.runner = runner;
        this.capabilities = capabilities;
        this.totalMemory = totalMemory;
    }

    static CudaMachine open(
            CudaApi api,
            ModelFiles files,
            CudaLimits limits,
            NumberFormat format,
            CudaOptions options,
            Consumer<String> progress) {
        Arena arena = Arena.ofShared();
        try {
            KernelImage kernelImage = new KernelImage(
                    api, format, files.config().headDim(), KernelImage.cache(), options.compiler(), progress);
            String image = options.mayCompile() ? kernelImage.load() : kernelImage.loadShipped();
            Kernels kernels = new Kernels(api, arena, options.overlap());
            DeviceModel model = ModelLoader.load(files, api, format, limits.maxContext(), options.cublas(), progress);
            StepShape shape = shape(api, model.config(), limits);
            long pool = api.allocate(shape.pages() * shape.pageBytes());
            api.fill(pool, (byte) 0, shape.pages() * shape.pageBytes());
            Optional<CuBlas> library =
                    options.cublas() ? Optional.of(CuBlas.open(format, api.stream())) : Optional.empty();
            AdapterTables adapters = new AdapterTables(api, model.config());
            StepRunner runner = new StepRunner(api, kernels, model, adapters, shape, library, pool, options.graphs());
            return new CudaMachine(
                    api,
                    arena,
                    adapters,
                    new PageMover(api, pool, shape.pageBytes(), shape.pages()),
                    library,
                    runner,
                    capabilities(api, files, shape, format, options, image),
                    api.totalMemory());
        } catch (RuntimeException | Error e) {
            arena.close();
            throw e;
        }
    }

    private static StepShape shape(CudaApi api, ModelConfig model, CudaLimits limits) {
        StepShape one = new StepShape(
                model,
                1,
                limits.pageSize(),
                limits.maxContext(),
                limits.maxRows(),
                limits.maxRequests(),
                api.multiprocessors());
        int pages = limits.pages();
        if (pages == 0) {
            long wanted = (long) CONTEXTS * ((limits.maxContext() + limits.pageSize() - 1) / limits.pageSize());
            long room = (long) (api.freeMemory() * POOL_SHARE) / one.pageBytes();
            pages = (int) Math.min(Math.min(wanted, room), Integer.MAX_VALUE / limits.pageSize());
        }
        if (pages < 1) {
            throw new PieException(
                    ErrorCode.DRIVER_FAILURE,
                    "the device has no memory left for one page of " + one.pageBytes() + " bytes");
        }
        return new StepShape(
                model,
                pages,
                limits.pageSize(),
                limits.maxContext(),
                limits.maxRows(),
                limits.maxRequests(),
                api.multiprocessors());
    }

    private static DriverCapabilities capabilities(
            CudaApi api, ModelFiles files, StepShape shape, NumberFormat format, CudaOptions options, String image) {
        ModelConfig model = shape.model();
        return new DriverCapabilities(
                "cuda",
                api.deviceName(),
                "mma.sync " + format.text() + (options.cublas() ? " and cuBLAS, " : ", ") + image,
                shape.pages(),
                shape.pageSize(),
                shape.maxContext(),
                model.vocab(),
                shape.pageBytes(),
                files.fingerprint(),
                String.format(
                        Locale.ROOT,
                        "cuda-%s-p%d-l%d-h%d-d%d",
                        format.text(),
                        shape.pageSize(),
                        model.layers(),
                        model.kvHeads(),
                        model.headDim()),
                "cuda mma " + format.text() + (options.cublas() ? ", cuBLAS" : "") + " on " + api.deviceName(),
                format.text(),
                format.text(),
                format.text(),
                shape.maxRows(),
                shape.maxRequests(),
                shape.maxRows(),
                true,
                true,
                true,
                !options.cublas(),
                true,
                AdapterTables.MOST,
                AdapterTables.MOST_TARGET_RANK);
    }

    DriverCapabilities capabilities() {
        return capabilities;
    }

    StepRunner runner() {
        return runner;
    }

    long totalMemory() {
        return totalMemory;
    }

    long usedMemory() {
        return totalMemory - api.freeMemory();
    }

    PageMover mover() {
        return mover;
    }

    AdapterTables adapters() {
        return adapters;
    }

    void synchronize() {
        api.synchronize();
    }

    /** After a sticky error every call fails, and letting go of the context frees all of it. */
    private static void close(CuBlas library) {
        try {
            library.close();
        } catch (CudaCallException e) {
            LOG.debug("closing cuBLAS: {}", e.getMessage());
        }
    }

    @Override
    public void close() {
        library.ifPresent(CudaMachine::close);
        api.close();
        arena.close();
    }
}
