package pie.engine;

import java.time.Duration;

/**
 * Configure one engine.
 *
 * @param prefixCache look up computed pages before computing
 * @param commandQueue commands that may wait, of all callers
 * @param contextsPerProcess most live contexts of one process
 * @param prefillChunk most rows of one slice of a long pass
 * @param itlTarget how long a step with decode rows may take before prefill slices are cut down
 * @param stepTimeout of one driver step
 */
public record EngineConfig(
        boolean prefixCache,
        int commandQueue,
        int contextsPerProcess,
        int prefillChunk,
        Duration itlTarget,
        Duration stepTimeout) {
    public static final EngineConfig DEFAULT =
            new EngineConfig(true, 4096, 1024, 512, Duration.ofMillis(50), Duration.ofSeconds(120));

    public EngineConfig withPrefixCache(boolean on) {
        return new EngineConfig(on, commandQueue, contextsPerProcess, prefillChunk, itlTarget, stepTimeout);
    }
}
