package pie.engine;

/**
 * Count displaced pages that were copied to host memory, and say what lies there now.
 *
 * @param pages pages that fit, 0 where nothing is copied there
 * @param held pages that are there, or on their way
 * @param copiedOut pages that were copied there
 * @param copiedBack pages that were copied back to the device, and so not computed again
 * @param copiesFailed copies, of one or more pages, that failed
 */
public record HostStats(int pages, int held, long copiedOut, long copiedBack, long copiesFailed) {
    /** There is no room for pages in host memory. */
    public static final HostStats NONE = new HostStats(0, 0, 0, 0, 0);
}
