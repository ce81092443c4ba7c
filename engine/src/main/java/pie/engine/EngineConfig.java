package pie.engine;

import java.time.Duration;
import pie.engine.market.MarketConfig;

/**
 * Configure one engine.
 *
 * @param prefixCache look up computed pages before computing
 * @param commandQueue commands that may wait, of all callers
 * @param contextsPerProcess most live contexts of one process
 * @param prefillChunk most rows of one slice of a long pass
 * @param itlTarget how long a step with decode rows may take before prefill slices are cut down
 * @param stepTimeout of one driver step
 * @param market its rules
 */
public record EngineConfig(
        boolean prefixCache,
        int commandQueue,
        int contextsPerProcess,
        int prefillChunk,
        Duration itlTarget,
        Duration stepTimeout,
        MarketConfig market) {
    /** A displaced page has no copy elsewhere: it costs as much to make again as it did at first. */
    private static final MarketConfig COMPUTED_AGAIN = MarketConfig.DEFAULT.withMakeAgainPpm(1_000_000);

    public static final EngineConfig DEFAULT =
            new EngineConfig(true, 4096, 1024, 512, Duration.ofMillis(50), Duration.ofSeconds(120), COMPUTED_AGAIN);

    public EngineConfig(
            boolean prefixCache,
            int commandQueue,
            int contextsPerProcess,
            int prefillChunk,
            Duration itlTarget,
            Duration stepTimeout) {
        this(prefixCache, commandQueue, contextsPerProcess, prefillChunk, itlTarget, stepTimeout, COMPUTED_AGAIN);
    }

    public EngineConfig withPrefixCache(boolean on) {
        return new EngineConfig(on, commandQueue, contextsPerProcess, prefillChunk, itlTarget, stepTimeout, market);
    }

    public EngineConfig withMarket(MarketConfig rules) {
        return new EngineConfig(
                prefixCache, commandQueue, contextsPerProcess, prefillChunk, itlTarget, stepTimeout, rules);
    }
}
