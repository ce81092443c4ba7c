package pie.server;

import java.nio.file.Path;
import pie.engine.EngineConfig;
import pie.engine.driver.DriverConfig;
import pie.runtime.RuntimeConfig;

/**
 * Configure one instance: one model, its driver, engine and guests.
 *
 * @param modelName name that programs load it by
 * @param modelPath GGUF file or directory of safetensors; ignored for the driver {@code dummy}, which needs only a tokenizer
 * @param driver kind of driver: {@code auto cuda cpu dummy}
 */
public record InstanceConfig(
        String modelName,
        Path modelPath,
        String driver,
        DriverConfig driverConfig,
        EngineConfig engine,
        RuntimeConfig runtime) {}
