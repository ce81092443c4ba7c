package pie.server.metrics;

import java.util.Optional;
import pie.engine.EngineStats;
import pie.engine.driver.DriverCapabilities;

/** What metrics read of one engine. */
public interface EngineSource {
    String model();

    DriverCapabilities driver();

    /** Return the engine's counts as of now; empty where it has not answered yet. */
    Optional<EngineStats> stats();
}
