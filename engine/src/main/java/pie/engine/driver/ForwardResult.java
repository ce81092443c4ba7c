package pie.engine.driver;

/**
 * Hold what a step drew and measured; owned by the driver, valid until the engine hands the batch in again.
 *
 * <p>Probe n: ids in {@code probeIds} and values in {@code probeValues}, both [probeIndptr[n], probeIndptr[n+1]); ids are only set
 * for distributions and logprobs.
 */
public final class ForwardResult {
    public static final byte OK = 0;
    /** The row's logits hold a NaN or no finite value. */
    public static final byte NAN = 1;
    /** The masks leave no token. */
    public static final byte EMPTY = 2;

    /** The draw's late mask did not come in time: nothing was drawn. */
    public static final byte LATE = 3;

    public final int[] token;
    public final byte[] status;
    public int[] probeIndptr;
    public int[] probeIds;
    public float[] probeValues;

    public long queuedNanos;
    public long prepareNanos;
    public long forwardNanos;
    public long sampleNanos;

    public ForwardResult(DriverCapabilities limits) {
        token = new int[limits.maxDraws()];
        status = new byte[limits.maxDraws()];
        probeIndptr = new int[17];
        probeIds = new int[64];
        probeValues = new float[64];
    }
}
