package pie.engine;

import java.util.concurrent.CompletableFuture;
import pie.engine.driver.Driver;
import pie.engine.driver.DriverCapabilities;
import pie.engine.model.LoadedModel;
import pie.engine.process.Budget;
import pie.engine.process.OwnerId;
import pie.engine.process.ProcessId;
import pie.engine.process.ProcessTotals;

/** Own the loop of one model: pages, contexts and schedule, and the one bounded queue of commands that leads to them. */
public final class Engine implements AutoCloseable {
    private final LoadedModel model;
    private final Driver driver;

    private Engine(LoadedModel model, Driver driver) {
        this.model = model;
        this.driver = driver;
    }

    /** Start the loop of a model; the engine closes the driver. */
    public static Engine start(LoadedModel model, Driver driver, EngineConfig config) {
        return new Engine(model, driver);
    }

    public LoadedModel model() {
        return model;
    }

    public DriverCapabilities capabilities() {
        return driver.capabilities();
    }

    /**
     * Make a process known, so that it can have contexts.
     *
     * @param seed of everything random in the process that names no seed of its own
     */
    public void openProcess(ProcessId id, OwnerId owner, Budget budget, long seed) {
        throw new PieException(ErrorCode.INTERNAL, "not built yet");
    }

    /** Close all contexts of a process; completes when its pages are back. */
    public CompletableFuture<Void> closeProcess(ProcessId id) {
        throw new PieException(ErrorCode.INTERNAL, "not built yet");
    }

    public ProcessTotals totals(ProcessId id) {
        throw new PieException(ErrorCode.INTERNAL, "not built yet");
    }

    /**
     * Make an empty context.
     *
     * @throws PieException BUDGET_EXHAUSTED above the contexts of a process, NOT_FOUND for an unknown process
     */
    public ContextHandle createContext(ProcessId owner, boolean prefixCache) {
        throw new PieException(ErrorCode.INTERNAL, "not built yet");
    }

    public EngineStats stats() {
        throw new PieException(ErrorCode.INTERNAL, "not built yet");
    }

    /** End all work with CANCELLED, stop the loop and close the driver. */
    @Override
    public void close() {
        driver.close();
    }
}
