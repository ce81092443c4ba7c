package pie.engine;

/** Count what a loop did since it started. */
final class LoopCounters {
    long steps;
    long stepFailures;
    long rowsPrefill;
    long rowsDecode;
    long tokensGenerated;
    long tokensReused;
    long tokensRecomputed;
    long driverNanos;
    long planNanos;
    int lastBatchRows;
    int lastBatchRequests;
}
