package pie.engine;

/**
 * Show what an engine does now, as its loop last put it up: nobody waits for anybody. Spans in nanoseconds.
 *
 * @param stats what it counted and holds
 * @param busyNanos in which the driver had a step, the present one included
 * @param tokensDecoded tokens that were written one at a time, and drafts that held; what else was computed once is prefill
 * @param tokenGaps times between two tokens that a generation kept, counted from when the second was asked for if that was later
 * @param peakSecond second of {@link System#nanoTime} that {@code peakRows} and {@code peakRequests} are of
 * @param peakRows most rows of a step in that second
 * @param peakRequests most sequences of a step in that second
 * @param peakRowsBefore as {@code peakRows}, of the second before
 * @param peakRequestsBefore as {@code peakRequests}, of the second before
 * @param topRows most rows of a step ever
 * @param topRequests most sequences of a step ever
 * @param stepsBySize steps by their number of sequences: 1, 2 to 3, 4 to 7, and so on, each twice as many
 */
public record EngineFigures(
        EngineStats stats,
        long busyNanos,
        long tokensDecoded,
        long tokenGaps,
        long tokenGapNanos,
        long peakSecond,
        int peakRows,
        int peakRequests,
        int peakRowsBefore,
        int peakRequestsBefore,
        int topRows,
        int topRequests,
        long[] stepsBySize) {
    /** Return the rows computed for tokens that programs wrote: neither again, nor guessed in vain, nor behind an end. */
    public long tokensPrefilled() {
        return stats.rowsPrefill()
                + stats.rowsDecode()
                - stats.rowsOverrun()
                - stats.tokensRecomputed()
                - (stats.tokensDrafted() - stats.tokensAccepted())
                - tokensDecoded;
    }
}
