package pie.engine.driver;

import java.util.Arrays;

/**
 * Describe one step as a structure of arrays, made once and reused: R requests (slices of contexts), T rows (input tokens), S draws,
 * N probes. Filled by the engine in order of requests; read by the driver between {@link Driver#submit} and its sink.
 *
 * <pre>
 * request r   rows [qoIndptr[r], qoIndptr[r+1])   pages [pageIndptr[r], pageIndptr[r+1])
 *             its rows occupy the last q of kvLength[r] slots; slot k lies in the page of ordinal k / pageSize, place k % pageSize;
 *             a page that none of its rows sees may be left out of the list
 *             its row at slot q sees slot k iff k ≤ q and (k < sink or (k ≥ visibleFrom and (window = 0 or k > q − window)))
 * row t       token, position
 * draw s      from row drawRow[s]; stages [chainIndptr[s], chainIndptr[s+1])
 * </pre>
 */
public final class ForwardBatch {
    /** Mark a draw that has no logit mask. */
    public static final int NO_MASK = -1;

    public final DriverCapabilities limits;

    public long step;
    public int requests;
    public int rows;
    public int draws;
    public int probes;

    /** R: identity of the context, for caches of a driver; never content. */
    public final long[] contextKey;
    /** R+1: rows of request r. */
    public final int[] qoIndptr;
    /** T: token id; {@code ~j} (negative) takes draw j of the step before, only if {@code chained}. */
    public final int[] tokens;
    /** T: number fed to the positional encoding. */
    public final int[] positions;
    /** R: slots visible to the last row of the request, its own included. */
    public final int[] kvLength;
    /** R: the request's rows are read again at their own slots: nothing is written. */
    public final boolean[] noWrite;
    /** R: rows of the request may see later rows of the same pass, as far as their mask says. */
    public final boolean[] nonCausal;
    /** R+1: page table of request r in {@link #pageIndices}. */
    public final int[] pageIndptr;

    public int[] pageIndices;
    /** Ordinal of each listed page in its context, ascending. */
    public int[] pageOrdinals;
    /** R: slots before this are seen by all rows of the request. */
    public final int[] sink;
    /** R: slots between {@link #sink} and this are seen by none. */
    public final int[] visibleFrom;
    /** R: number of last slots that a row sees beside {@link #sink}, its own included; 0 = all. */
    public final int[] window;
    /** R: number of the adapter of the request's rows, as loaded by {@link Driver#loadAdapter}; 0 = the model as it is. */
    public final int[] adapter;
    /** R+1: first word of the request's attention mask in {@link #maskBits}; an empty span means plain causal. */
    public final int[] maskIndptr;
    /** Bitmap of q x kvLength bits, row-major, bit i in word i / 64; set = may be seen; ANDed with causality and windows. */
    public long[] maskBits;

    /** S: row drawn from, 0..T-1. */
    public final int[] drawRow;
    /** S: index n of the drawn token in its logical sequence, for the counter of the generator. */
    public final long[] drawIndex;
    /** S: number of the draw where one row is drawn from several times, from 0. */
    public final int[] drawNumber;
    /** S: key of the generator. */
    public final long[] seed;
    /** S+1: stages of draw s; no stages = softmax at temperature 1. */
    public final int[] chainIndptr;

    public byte[] stageKind;
    public float[] stageParam;
    /** One more than stages: adjustments of a stage of kind {@link SamplerStage#ADJUST}. */
    public int[] adjustIndptr;

    public int[] adjustToken;
    /** l becomes (l > 0 ? l / mul : l * mul) + add. */
    public float[] adjustMul;

    public float[] adjustAdd;
    /** S: mask of the draw in {@link #logitMasks}, or {@link #NO_MASK}. */
    public final int[] logitMaskRef;
    /** S: the draw's mask comes by {@link Driver#supplyLate}, only if {@code lateMasks}; {@link #logitMaskRef} says nothing then. */
    public final boolean[] late;
    /** Bit sets of vocabSize bits; set = allowed. */
    public long[][] logitMasks;

    public int logitMaskCount;

    /** N: row probed. */
    public int[] probeRow;

    public ProbeKind[] probeKind;
    /** N: temperature of a distribution. */
    public float[] probeTemperature;
    /** N: number of entries of a distribution, 0 = all. */
    public int[] probeTop;
    /** N: mask under which the probe sees the logits, or {@link #NO_MASK}. */
    public int[] probeMaskRef;
    /** N+1: ids of a logprobs probe. */
    public int[] probeIdIndptr;

    public int[] probeIds;

    public ForwardBatch(DriverCapabilities limits) {
        this.limits = limits;
        int r = limits.maxRequests();
        int t = limits.maxTokens();
        int s = limits.maxDraws();
        contextKey = new long[r];
        qoIndptr = new int[r + 1];
        tokens = new int[t];
        positions = new int[t];
        kvLength = new int[r];
        noWrite = new boolean[r];
        nonCausal = new boolean[r];
        pageIndptr = new int[r + 1];
        pageIndices = new int[Math.max(1024, r)];
        pageOrdinals = new int[pageIndices.length];
        sink = new int[r];
        visibleFrom = new int[r];
        window = new int[r];
        adapter = new int[r];
        maskIndptr = new int[r + 1];
        maskBits = new long[0];
        drawRow = new int[s];
        drawIndex = new long[s];
        drawNumber = new int[s];
        seed = new long[s];
        chainIndptr = new int[s + 1];
        stageKind = new byte[s * 4];
        stageParam = new float[s * 4];
        adjustIndptr = new int[s * 4 + 1];
        adjustToken = new int[64];
        adjustMul = new float[64];
        adjustAdd = new float[64];
        logitMaskRef = new int[s];
        late = new boolean[s];
        logitMasks = new long[16][];
        probeRow = new int[16];
        probeKind = new ProbeKind[16];
        probeTemperature = new float[16];
        probeTop = new int[16];
        probeMaskRef = new int[16];
        probeIdIndptr = new int[17];
        probeIds = new int[64];
    }

    /** Forget the last step's content. */
    public void clear() {
        Arrays.fill(adapter, 0, requests, 0);
        Arrays.fill(late, 0, draws, false);
        requests = 0;
        rows = 0;
        draws = 0;
        probes = 0;
        Arrays.fill(logitMasks, 0, logitMaskCount, null);
        logitMaskCount = 0;
    }

    /** Return the place in {@link #pageIndices} of the page that holds a slot, which lies in no page before one left out. */
    public int pageOf(int request, int slot) {
        int last = pageIndptr[request + 1] - 1;
        return last - pageOrdinals[last] + slot / limits.pageSize();
    }

    /** Return how many pages of a request are left out. */
    public int pagesLeftOut(int request) {
        int end = pageIndptr[request + 1];
        return end == pageIndptr[request] ? 0 : pageOrdinals[end - 1] + 1 - (end - pageIndptr[request]);
    }

    /** Return the end of the slots that a row does not see, of those from {@link #sink} on. */
    public int hiddenEnd(int request, int slot) {
        return window[request] == 0 ? visibleFrom[request] : Math.max(visibleFrom[request], slot - window[request] + 1);
    }

    /** Return the number of rows of request r. */
    public int rowsOf(int request) {
        return qoIndptr[request + 1] - qoIndptr[request];
    }
}
