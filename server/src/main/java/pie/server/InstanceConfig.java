package pie.server;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import pie.engine.EngineConfig;
import pie.engine.driver.DriverConfig;
import pie.engine.snapshot.SnapshotConfig;
import pie.runtime.RuntimeConfig;

/**
 * Configure one instance: one model, its driver, engine and guests.
 *
 * @param modelName name that programs load it by
 * @param modelPath GGUF file or directory of safetensors; ignored for the driver {@code dummy}, which needs only a tokenizer
 * @param driver kind of driver: {@code auto cuda cpu dummy}
 * @param snapshots where snapshots are kept, empty for nowhere
 * @param adapters LoRA adapters that are shared with all users, by name: directories in PEFT's form, or GGUF files
 */
public record InstanceConfig(
        String modelName,
        Path modelPath,
        String driver,
        DriverConfig driverConfig,
        EngineConfig engine,
        RuntimeConfig runtime,
        Optional<SnapshotConfig> snapshots,
        Map<String, Path> adapters) {
    /** Configure an instance that keeps no snapshots. */
    public InstanceConfig(
            String modelName,
            Path modelPath,
            String driver,
            DriverConfig driverConfig,
            EngineConfig engine,
            RuntimeConfig runtime) {
        this(modelName, modelPath, driver, driverConfig, engine, runtime, Optional.empty(), Map.of());
    }

    public InstanceConfig withSnapshots(Optional<SnapshotConfig> kept) {
        return new InstanceConfig(modelName, modelPath, driver, driverConfig, engine, runtime, kept, adapters);
    }

    public InstanceConfig withAdapters(Map<String, Path> shared) {
        return new InstanceConfig(modelName, modelPath, driver, driverConfig, engine, runtime, snapshots, shared);
    }
}
