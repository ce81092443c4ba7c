package pie.engine.schedule;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import pie.engine.driver.DriverFault;
import pie.engine.driver.ForwardBatch;
import pie.engine.driver.ForwardResult;
import pie.engine.market.Bill;

/**
 * Hold one step from planning to settlement: the batch, whose rows are in it, and how it ended. Made once and reused.
 *
 * <p>An entry whose work has moved on since is void: what it computed is dropped.
 */
public final class StepPlan {
    public final ForwardBatch batch;
    /** Rents of the step's tick. */
    public final Bill bill = new Bill();
    /** When the step was handed in, and when the driver came to it at the earliest. */
    public long submittedNanos;

    public long begunNanos;
    /** What planning it took. */
    public long planNanos;
    /** Set while the driver has a step whose works were given up. */
    public boolean cancelled;

    private Work[] works = new Work[16];
    private int[] epoch = new int[16];
    private boolean[] silent = new boolean[16];
    private int[] from = new int[16];
    private int[] to = new int[16];
    private int[] again = new int[16];
    private int[] firstDraw = new int[16];
    private int[] firstProbe = new int[16];
    private int requests;
    private int decodeRows;
    long kvTokens;
    private @Nullable ForwardResult result;
    private @Nullable DriverFault fault;

    public StepPlan(ForwardBatch batch) {
        this.batch = batch;
    }

    /** Forget the works, and how the step ended. */
    public void clear() {
        Arrays.fill(works, 0, requests, null);
        requests = 0;
        decodeRows = 0;
        kvTokens = 0;
        result = null;
        fault = null;
        cancelled = false;
    }

    void add(Work work, int first, int end, int computedBefore, boolean tellsNothing, int draw, int probe) {
        if (requests == works.length) {
            grow(2 * requests);
        }
        int i = requests++;
        works[i] = work;
        epoch[i] = work.epoch();
        from[i] = first;
        to[i] = end;
        again[i] = computedBefore;
        silent[i] = tellsNothing;
        firstDraw[i] = draw;
        firstProbe[i] = probe;
        kvTokens += end;
    }

    private void grow(int size) {
        works = Arrays.copyOf(works, size);
        epoch = Arrays.copyOf(epoch, size);
        silent = Arrays.copyOf(silent, size);
        from = Arrays.copyOf(from, size);
        to = Arrays.copyOf(to, size);
        again = Arrays.copyOf(again, size);
        firstDraw = Arrays.copyOf(firstDraw, size);
        firstProbe = Arrays.copyOf(firstProbe, size);
    }

    void decodeRows(int rows) {
        decodeRows = rows;
    }

    /** Note how the step ended; the first word counts. */
    public void ended(@Nullable ForwardResult drawn, @Nullable DriverFault problem) {
        if (!ended()) {
            result = drawn;
            fault = problem;
        }
    }

    public boolean ended() {
        return result != null || fault != null;
    }

    public @Nullable ForwardResult result() {
        return result;
    }

    public @Nullable DriverFault fault() {
        return fault;
    }

    public int requests() {
        return requests;
    }

    public int rows() {
        return batch.rows;
    }

    /** Return the rows that came from works of at most a page. */
    public int decodeRows() {
        return decodeRows;
    }

    public Work work(int request) {
        return works[request];
    }

    /** Say whether nobody wants the rows of a request any more. */
    public boolean isVoid(int request) {
        return works[request].epoch() != epoch[request];
    }

    public int from(int request) {
        return from[request];
    }

    /** Return the row after the last of a request. */
    public int to(int request) {
        return to[request];
    }

    public int rows(int request) {
        return to[request] - from[request];
    }

    /** Return the rows of a request that had been computed before. */
    public int again(int request) {
        return again[request];
    }

    /** Say whether the rows of a request are computed and tell nothing yet. */
    boolean silent(int request) {
        return silent[request];
    }

    int firstDraw(int request) {
        return firstDraw[request];
    }

    int firstProbe(int request) {
        return firstProbe[request];
    }
}
