package pie.server.metrics;

import java.util.function.Supplier;
import pie.engine.EngineStats;
import pie.engine.driver.DriverCapabilities;

/**
 * Name what metrics read of one engine.
 *
 * @param stats gives what its loop has put up, and waits for nothing
 */
public record EngineSource(String model, DriverCapabilities driver, Supplier<EngineStats> stats) {}
