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

    /** Tokens written one at a time, and drafts that held. */
    long tokensDecoded;

    /** Times between two tokens that a generation kept. */
    long tokenGaps;

    long tokenGapNanos;

    /** Classes of steps by their number of sequences, each twice as wide as the one before. */
    static final int SIZES = 12;

    final long[] stepsBySize = new long[SIZES];

    /** Largest steps of this second and of the one before. */
    long peakSecond = Long.MIN_VALUE;

    int peakRows;
    int peakRequests;
    int peakRowsBefore;
    int peakRequestsBefore;
    int topRows;
    int topRequests;

    /** Count a step that is handed in. */
    void batch(int rows, int requests, long now) {
        lastBatchRows = rows;
        lastBatchRequests = requests;
        stepsBySize[Math.min(SIZES - 1, Integer.SIZE - 1 - Integer.numberOfLeadingZeros(Math.max(1, requests)))]++;
        topRows = Math.max(topRows, rows);
        topRequests = Math.max(topRequests, requests);
        long second = Math.floorDiv(now, 1_000_000_000L);
        if (second != peakSecond) {
            boolean next = second == peakSecond + 1;
            peakRowsBefore = next ? peakRows : 0;
            peakRequestsBefore = next ? peakRequests : 0;
            peakRows = 0;
            peakRequests = 0;
            peakSecond = second;
        }
        peakRows = Math.max(peakRows, rows);
        peakRequests = Math.max(peakRequests, requests);
    }
}
