package pie.engine;

import pie.engine.market.MarketStats;

/**
 * Count what an engine did since it started, and what its device holds now. Times in nanoseconds.
 *
 * @param rowsOverrun rows planned before it was known that their generation had ended, whose results were dropped
 * @param tokensForced tokens that grammars left no choice about: taken without a draw
 * @param host displaced pages in host memory
 */
public record EngineStats(
        long steps,
        long stepFailures,
        long rowsPrefill,
        long rowsDecode,
        long rowsOverrun,
        long tokensGenerated,
        long tokensReused,
        long tokensRecomputed,
        long tokensDrafted,
        long tokensAccepted,
        long tokensForced,
        int pagesTotal,
        int pagesFree,
        int pagesWorking,
        int pagesCommitted,
        int pagesRetained,
        HostStats host,
        int contexts,
        int processes,
        int queueDepth,
        int lastBatchRows,
        int lastBatchRequests,
        long driverNanos,
        long planNanos,
        MarketStats market) {}
