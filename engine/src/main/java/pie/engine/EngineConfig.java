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
 * @param pipelineDepth steps that the driver has at once: 1, or 2 to plan one while another is computed
 * @param speculation when tokens are drafted, of generations that ask for it
 * @param market its rules
 */
public record EngineConfig(
        boolean prefixCache,
        int commandQueue,
        int contextsPerProcess,
        int prefillChunk,
        Duration itlTarget,
        Duration stepTimeout,
        int pipelineDepth,
        Speculation speculation,
        MarketConfig market) {
    private static final int DEPTH = 2;

    /** A displaced page has no copy elsewhere: it costs as much to make again as it did at first. */
    private static final MarketConfig COMPUTED_AGAIN = MarketConfig.DEFAULT.withMakeAgainPpm(1_000_000);

    public static final EngineConfig DEFAULT =
            new EngineConfig(true, 4096, 1024, 512, Duration.ofMillis(50), Duration.ofSeconds(120));

    public EngineConfig(
            boolean prefixCache,
            int commandQueue,
            int contextsPerProcess,
            int prefillChunk,
            Duration itlTarget,
            Duration stepTimeout) {
        this(
                prefixCache,
                commandQueue,
                contextsPerProcess,
                prefillChunk,
                itlTarget,
                stepTimeout,
                DEPTH,
                Speculation.AUTO,
                COMPUTED_AGAIN);
    }

    public EngineConfig withPrefixCache(boolean on) {
        return new EngineConfig(
                on,
                commandQueue,
                contextsPerProcess,
                prefillChunk,
                itlTarget,
                stepTimeout,
                pipelineDepth,
                speculation,
                market);
    }

    public EngineConfig withMarket(MarketConfig rules) {
        return new EngineConfig(
                prefixCache,
                commandQueue,
                contextsPerProcess,
                prefillChunk,
                itlTarget,
                stepTimeout,
                pipelineDepth,
                speculation,
                rules);
    }

    public EngineConfig withPipelineDepth(int steps) {
        if (steps < 1 || steps > 2) {
            throw PieException.invalid("the pipeline is " + steps + " steps deep: it must be 1 or 2");
        }
        return new EngineConfig(
                prefixCache,
                commandQueue,
                contextsPerProcess,
                prefillChunk,
                itlTarget,
                stepTimeout,
                steps,
                speculation,
                market);
    }

    public EngineConfig withSpeculation(Speculation when) {
        return new EngineConfig(
                prefixCache,
                commandQueue,
                contextsPerProcess,
                prefillChunk,
                itlTarget,
                stepTimeout,
                pipelineDepth,
                when,
                market);
    }
}
