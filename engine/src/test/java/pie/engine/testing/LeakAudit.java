package pie.engine.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import pie.engine.Engine;
import pie.engine.EngineConfig;
import pie.engine.EngineStats;
import pie.engine.driver.Driver;
import pie.engine.driver.DriverConfig;
import pie.engine.dummy.HashDriver;
import pie.engine.process.Budget;
import pie.engine.process.OwnerId;
import pie.engine.process.ProcessId;
import pie.engine.snapshot.SnapshotStore;

/**
 * Start engines for a test, and check after it that nothing is left: all pages free or retained, no context, no process, no thread.
 * Register it with {@code @RegisterExtension}.
 */
public final class LeakAudit implements AfterEachCallback {
    private final List<Engine> engines = new ArrayList<>();
    private final Map<ProcessId, Engine> processes = new java.util.LinkedHashMap<>();

    public Engine engine(int pages, int pageSize, int batchTokens) {
        return engine(hash(pages, pageSize, batchTokens, Map.of()), EngineConfig.DEFAULT);
    }

    public static HashDriver hash(int pages, int pageSize, int batchTokens, Map<String, String> options) {
        DriverConfig config = new DriverConfig("auto", pageSize, pages, 0, batchTokens, 16, options);
        return new HashDriver(config, TinyModel.VOCAB, TinyModel.CONTEXT, 1);
    }

    public Engine engine(Driver driver, EngineConfig config) {
        return engine(driver, config, Optional.empty());
    }

    public Engine engine(Driver driver, EngineConfig config, Optional<SnapshotStore> snapshots) {
        Engine engine = Engine.start(TinyModel.loaded(), driver, config, snapshots);
        engines.add(engine);
        return engine;
    }

    public ProcessId process(Engine engine) {
        return process(engine, Budget.UNLIMITED, 7);
    }

    public ProcessId process(Engine engine, OwnerId owner) {
        return process(engine, owner, Budget.UNLIMITED, 7);
    }

    public ProcessId process(Engine engine, Budget budget, long seed) {
        return process(engine, OwnerId.LOCAL, budget, seed);
    }

    private ProcessId process(Engine engine, OwnerId owner, Budget budget, long seed) {
        ProcessId id = ProcessId.random();
        engine.openProcess(id, owner, budget, seed);
        processes.put(id, engine);
        return id;
    }

    /** End all and check. */
    public void check() {
        for (Engine engine : engines) {
            engine.checkIntegrity();
        }
        processes.forEach((id, engine) -> engine.closeProcess(id).join());
        for (Engine engine : engines) {
            engine.checkIntegrity();
            EngineStats stats = engine.stats();
            assertThat(stats.pagesFree() + stats.pagesRetained())
                    .as("pages back")
                    .isEqualTo(stats.pagesTotal());
            assertThat(stats.contexts()).as("contexts left").isZero();
            assertThat(stats.processes()).as("processes left").isZero();
            engine.close();
        }
        assertThat(Thread.getAllStackTraces().keySet())
                .as("threads left")
                .noneMatch(thread -> thread.getName().startsWith("engine-loop tiny"));
        engines.clear();
        processes.clear();
    }

    @Override
    public void afterEach(ExtensionContext context) {
        check();
    }
}
