package pie.engine;

/** Count what a loop did since it started. */
final class LoopCounters {
    long steps;
    long stepFailures;
    long rowsPrefill;
    long rowsDecode;
    /** Rows planned behind the end of a generation, whose results were dropped. */
    long rowsOverrun;

    long tokensGenerated;
    /** Tokens that grammars left no choice about: taken without a draw. */
    long tokensForced;

    long tokensReused;
    /** Tokens guessed and computed beforehand, and those of them that were then drawn. */
    long tokensDrafted;

    long tokensAccepted;
    long tokensRecomputed;
    /** Displaced pages copied to host memory, and copied back; copies that failed. */
    long pagesOut;

    long pagesBack;
    long copiesFailed;
    long driverNanos;
    long planNanos;
    /** What planning and settling took in the last steps, a ring. */
    final long[] stepPlanNanos = new long[4096];

    int lastBatchRows;
    int lastBatchRequests;
}
