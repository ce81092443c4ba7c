package pie.inferlet;

import java.util.OptionalLong;

/** Count what a process has used so far; times in seconds, pages now and at most. */
public record Stats(
        long tokensIn,
        long tokensOut,
        long tokensReused,
        long tokensRecomputed,
        long tokensDrafted,
        long tokensAccepted,
        long tokensRolledBack,
        long forwardPasses,
        double timeWaiting,
        double timeDriver,
        double cpuTime,
        double wallTime,
        double pagesHeld,
        double pagesPeak,
        double pageSeconds,
        double creditsSpent,
        double rentPaid,
        double makeCost,
        double dividends,
        OptionalLong tokenBudget,
        OptionalLong tokensLeft,
        long eventsDropped) {}
