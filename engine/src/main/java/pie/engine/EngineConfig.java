package pie.engine;

import java.time.Duration;
import pie.engine.driver.DriverCapabilities;
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
 * @param hostPages displaced pages kept in host memory, 0 for none, -1 for what suits the device
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
        MarketConfig market,
        int hostPages) {
    private static final int DEPTH = 2;
    private static final int AUTO = -1;
    private static final long MOST_HOST_BYTES = 16L << 30;

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
                COMPUTED_AGAIN,
                AUTO);
    }

    /** Keep so many displaced pages in host memory, 0 for none. */
    public EngineConfig withHostPages(int pages) {
        if (pages < 0) {
            throw PieException.invalid("host_pages is " + pages + ": it must be 0 or more");
        }
        return new EngineConfig(
                prefixCache,
                commandQueue,
                contextsPerProcess,
                prefillChunk,
                itlTarget,
                stepTimeout,
                pipelineDepth,
                speculation,
                market,
                pages);
    }

    /** Return how many displaced pages fit in host memory: of a device with memory of its own, twice its pages if there is room. */
    int hostPages(boolean ownMemory, DriverCapabilities device) {
        if (hostPages != AUTO) {
            return hostPages;
        }
        long bytes = Math.min(MOST_HOST_BYTES, freeMemory() / 4);
        return ownMemory ? (int) Math.min(2L * device.totalPages(), bytes / device.kvBytesPerPage()) : 0;
    }

    private static long freeMemory() {
        return java.lang.management.ManagementFactory.getOperatingSystemMXBean()
                        instanceof com.sun.management.OperatingSystemMXBean machine
                ? machine.getFreeMemorySize()
                : 0;
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
                market,
                hostPages);
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
                rules,
                hostPages);
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
                market,
                hostPages);
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
                market,
                hostPages);
    }
}
