package pie.server;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import pie.engine.Engine;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.driver.Driver;
import pie.engine.driver.DriverConfig;
import pie.engine.driver.DriverProvider;
import pie.engine.driver.FaultPlan;
import pie.engine.driver.FaultyDriver;
import pie.engine.model.AdapterFolder;
import pie.engine.model.LoadedModel;
import pie.engine.model.ModelFiles;
import pie.engine.model.Models;
import pie.engine.model.Tokenizer;
import pie.engine.snapshot.SnapshotConfig;
import pie.engine.snapshot.SnapshotStore;
import pie.runtime.Guests;
import pie.runtime.InferletRuntime;

/** Bring up model files, driver, engine and guest runtime, and take them down in order. Used by the server and by {@code pie run}. */
public final class Instance implements AutoCloseable {
    /** Driver option that breaks steps on purpose; every driver has it. */
    public static final String FAULTS = "faults";

    private final InstanceConfig config;
    private final InferletRuntime runtime;
    private final Optional<SnapshotStore> snapshots;
    private final Deque<AutoCloseable> opened;

    private Instance(
            InstanceConfig config,
            InferletRuntime runtime,
            Optional<SnapshotStore> snapshots,
            Deque<AutoCloseable> opened) {
        this.config = config;
        this.runtime = runtime;
        this.snapshots = snapshots;
        this.opened = opened;
    }

    /**
     * Open a model on the best driver and start its engine and guests.
     *
     * @param progress told in one line each what is being done
     * @throws PieException NOT_FOUND for a missing model file or device, UNSUPPORTED for an architecture, tensor type or driver
     *     that this build has not; whatever was opened is closed again
     */
    public static Instance open(InstanceConfig config, Consumer<String> progress) {
        return open(config, Guests.prepare(config.runtime()), progress);
    }

    /** Open over guests that are being prepared already; they are closed with the instance, or if it does not open. */
    public static Instance open(InstanceConfig config, Guests guests, Consumer<String> progress) {
        var opened = new ArrayDeque<AutoCloseable>();
        opened.push(guests);
        try {
            List<DriverProvider> providers = providers(config.driver());
            progress.accept("opening model " + config.modelPath());
            ModelFiles files = Models.open(config.modelPath());
            opened.push(files);
            // beside the driver's weights, which do not take all processors all the time
            CompletableFuture<Tokenizer> tokenizer = CompletableFuture.supplyAsync(files::tokenizer);
            opened.push(() -> settle(tokenizer));
            Optional<FaultPlan> faults = faults(config);
            DriverConfig wanted = config.driverConfig().withoutOption(FAULTS);
            Driver driver = faulty(openDriver(providers, files, wanted, progress), faults);
            opened.push(driver);
            var model = new LoadedModel(config.modelName(), files.config(), joined(tokenizer), files.chatTemplate());
            Optional<SnapshotStore> snapshots = config.snapshots().flatMap(s -> open(s, progress));
            opened.pop();
            snapshots.ifPresent(opened::push);
            opened.push(driver);
            IntFunction<Driver> again =
                    pages -> faulty(openDriver(providers, files, wanted.withPages(pages), progress), faults);
            Engine engine = Engine.start(model, driver, config.engine(), snapshots, Optional.of(again));
            opened.pop();
            opened.push(engine);
            config.adapters().forEach((name, path) -> {
                progress.accept("sharing adapter " + name + " of " + path);
                engine.adapters().share(name, AdapterFolder.of(path));
            });
            progress.accept("starting guests");
            InferletRuntime runtime = InferletRuntime.start(guests, List.of(engine));
            opened.push(runtime);
            return new Instance(config, runtime, snapshots, opened);
        } catch (RuntimeException | Error e) {
            closeAll(opened, e);
            throw e;
        }
    }

    private static <T> T joined(CompletableFuture<T> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }

    /** Wait until nothing uses the model's files any more; a failure has been told where the value was asked for. */
    private static void settle(CompletableFuture<?> future) {
        future.handle((value, failure) -> true).join();
    }

    /** Open the store; an instance without one goes on, and says at each save why. */
    private static Optional<SnapshotStore> open(SnapshotConfig config, Consumer<String> progress) {
        try {
            SnapshotStore store = SnapshotStore.open(config);
            progress.accept("keeping snapshots in " + config.directory());
            return Optional.of(store);
        } catch (PieException e) {
            progress.accept("keeping no snapshots: " + e.message());
            return Optional.empty();
        }
    }

    /** Return the drivers to try in order: the one of that kind, for {@code auto} each that finds a device. */
    private static List<DriverProvider> providers(String kind) {
        var found = ServiceLoader.load(DriverProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
        boolean auto = kind.equals("auto");
        List<String> wanted = auto ? List.of("cuda", "cpu") : List.of(kind);
        List<DriverProvider> usable = wanted.stream()
                .flatMap(k -> found.stream().filter(p -> p.kind().equals(k)))
                .filter(p -> !auto || !p.devices().isEmpty())
                .toList();
        if (usable.isEmpty()) {
            throw new PieException(
                    ErrorCode.UNSUPPORTED,
                    "driver \"" + kind + "\" cannot be used here; this build has "
                            + found.stream().map(DriverProvider::kind).sorted().toList());
        }
        return usable;
    }

    /** Return how the driver is to be broken on purpose, empty for not at all. */
    private static Optional<FaultPlan> faults(InstanceConfig config) {
        return Optional.ofNullable(config.driverConfig().options().get(FAULTS)).map(FaultPlan::parse);
    }

    private static Driver faulty(Driver driver, Optional<FaultPlan> faults) {
        return faults.isPresent() ? new FaultyDriver(driver, faults.get()) : driver;
    }

    /** A driver that cannot run this model is passed over while there is another. */
    private static Driver openDriver(
            List<DriverProvider> providers, ModelFiles files, DriverConfig config, Consumer<String> progress) {
        for (DriverProvider provider : providers.subList(0, providers.size() - 1)) {
            try {
                return provider.open(files, config, progress);
            } catch (PieException e) {
                if (e.code() != ErrorCode.UNSUPPORTED && e.code() != ErrorCode.NOT_FOUND) {
                    throw e;
                }
                progress.accept("passing over driver " + provider.kind() + ": " + e.message());
            }
        }
        DriverProvider last = providers.getLast();
        progress.accept("starting driver " + last.kind());
        return last.open(files, config, progress);
    }

    public InstanceConfig config() {
        return config;
    }

    public InferletRuntime runtime() {
        return runtime;
    }

    public Optional<SnapshotStore> snapshots() {
        return snapshots;
    }

    /** End all processes, then close guests, engine, driver and model files. */
    @Override
    public void close() {
        var failed = new PieException(ErrorCode.INTERNAL, "the instance did not close in order");
        closeAll(opened, failed);
        if (failed.getSuppressed().length > 0) {
            throw failed;
        }
    }

    private static void closeAll(Deque<AutoCloseable> opened, Throwable failure) {
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                failure.addSuppressed(e);
            } catch (Exception e) {
                failure.addSuppressed(e);
            }
        }
    }
}
