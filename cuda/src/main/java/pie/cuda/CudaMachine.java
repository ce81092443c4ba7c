package pie.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Locale;
import java.util.function.Consumer;
import pie.cuda.api.CudaApi;
import pie.cuda.model.DeviceModel;
import pie.cuda.model.ModelLoader;
import pie.cuda.step.StepRunner;
import pie.cuda.step.StepShape;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.driver.CopyList;
import pie.engine.driver.DriverCapabilities;
import pie.engine.model.ModelConfig;
import pie.engine.model.ModelFiles;

/** Hold what one open device has: weights, page pool, step runner. Used by the thread that owns the device alone. */
final class CudaMachine implements AutoCloseable {
    /** Contexts of full length that the page pool has room for, memory permitting. */
    private static final int CONTEXTS = 64;
    /** Share of the free memory that a pool of automatic size takes at most. */
    private static final double POOL_SHARE = 0.85;

    private static final long STAGING_BYTES = 8L << 20;

    private final CudaApi api;
    private final Arena arena;
    private final StepShape shape;
    private final StepRunner runner;
    private final DriverCapabilities capabilities;
    private final long pool;
    private final MemorySegment staging;
    private final long totalMemory;

    private CudaMachine(
            CudaApi api,
            Arena arena,
            StepShape shape,
            StepRunner runner,
            DriverCapabilities capabilities,
            long pool,
            long totalMemory) {
        this.api = api;
        this.arena = arena;
        this.shape = shape;
        this.runner = runner;
        this.capabilities = capabilities;
        this.pool = pool;
        this.totalMemory = totalMemory;
        staging = api.allocateHost(Math.max(STAGING_BYTES, shape.pageBytes()));
    }

    static CudaMachine open(
            CudaApi api,
            ModelFiles files,
            CudaLimits limits,
            NumberFormat format,
            boolean graphs,
            Consumer<String> progress) {
        Arena arena = Arena.ofShared();
        try {
            progress.accept("compiling kernels for " + api.deviceName());
            Kernels kernels = new Kernels(api, arena, format);
            DeviceModel model = ModelLoader.load(files, api, format, limits.maxContext(), progress);
            StepShape shape = shape(api, model.config(), limits);
            long pool = api.allocate(shape.pages() * shape.pageBytes());
            api.fill(pool, (byte) 0, shape.pages() * shape.pageBytes());
            StepRunner runner = new StepRunner(api, kernels, model, shape, pool, graphs);
            return new CudaMachine(
                    api, arena, shape, runner, capabilities(api, files, shape, format), pool, api.totalMemory());
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
            CudaApi api, ModelFiles files, StepShape shape, NumberFormat format) {
        ModelConfig model = shape.model();
        return new DriverCapabilities(
                "cuda",
                api.deviceName(),
                "mma.sync " + format.text() + ", own kernels",
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
                "cuda mma " + format.text() + " on " + api.deviceName(),
                format.text(),
                format.text(),
                format.text(),
                shape.maxRows(),
                shape.maxRequests(),
                shape.maxRows(),
                true,
                true,
                true,
                true);
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

    private long page(int number) {
        if (number < 0 || number >= shape.pages()) {
            throw new IndexOutOfBoundsException("page " + number + " is not in 0 .. " + (shape.pages() - 1));
        }
        return pool + number * shape.pageBytes();
    }

    /** Copy pages inside the pool; returns before they are copied. */
    void copyPages(CopyList list) {
        for (int i = 0; i < list.from().length; i++) {
            api.copy(page(list.to()[i]), page(list.from()[i]), shape.pageBytes());
        }
    }

    /** Copy pages out, as many at once as staging memory holds. */
    void readPages(CopyList list, MemorySegment bytes) {
        long size = shape.pageBytes();
        int most = (int) (staging.byteSize() / size);
        for (int from = 0; from < list.from().length; from += most) {
            int count = Math.min(most, list.from().length - from);
            for (int i = 0; i < count; i++) {
                api.copyOut(staging.asSlice(i * size, size), page(list.from()[from + i]), size);
            }
            api.synchronize();
            for (int i = 0; i < count; i++) {
                MemorySegment.copy(staging, i * size, bytes, list.to()[from + i] * size, size);
            }
        }
    }

    /** Copy pages in, as many at once as staging memory holds. */
    void writePages(MemorySegment bytes, CopyList list) {
        long size = shape.pageBytes();
        int most = (int) (staging.byteSize() / size);
        for (int from = 0; from < list.to().length; from += most) {
            int count = Math.min(most, list.to().length - from);
            for (int i = 0; i < count; i++) {
                MemorySegment.copy(bytes, list.from()[from + i] * size, staging, i * size, size);
                api.copyIn(page(list.to()[from + i]), staging.asSlice(i * size, size), size);
            }
            api.synchronize();
        }
    }

    void synchronize() {
        api.synchronize();
    }

    @Override
    public void close() {
        api.close();
        arena.close();
    }
}
