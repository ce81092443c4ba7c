package pie.engine.schedule;

import pie.engine.PieException;
import pie.engine.driver.ForwardResult;
import pie.engine.kv.KvContext;
import pie.engine.kv.MaskSpan;
import pie.engine.market.Missed;

/**
 * Stand for rows that one context needs computed: from {@code kv.computed()} up to {@link #target}, in as many slices as the scheduler
 * likes, be they new or replayed. With all of them computed the last row is read again.
 */
public abstract class Work {
    protected final KvContext kv;
    /** Row after the last one to compute. */
    protected int target;
    /** First row that must be computed by this work itself, because its logits are wanted. */
    protected int needFrom;
    /** Full pages of rows before this become immutable as they are computed. */
    protected int sealLimit;
    /** Whether resident pages may stand in for rows. */
    protected boolean lookUp;

    private int reused;
    private boolean reserved;
    private boolean planned;
    /** Place in the scheduler's list. */
    int place = -1;

    private Missed missed = Missed.EXCLUDED;

    protected Work(KvContext kv) {
        this.kv = kv;
    }

    public final KvContext kv() {
        return kv;
    }

    /** Forget what the last run reused and reserved. */
    protected final void fresh() {
        reused = 0;
        reserved = false;
    }

    /** Return the row after the last one to compute. */
    public final int target() {
        return target;
    }

    /** Return why the last plan has no rows of this work. */
    public final Missed missed() {
        return missed;
    }

    final void missed(Missed why) {
        missed = why;
    }

    /** Return the rows to compute, at least 1: a row to read again. */
    final int left() {
        return Math.max(1, target - kv.computed());
    }

    /** Say whether the next rows must stay together. */
    final boolean uncut() {
        MaskSpan span = kv.mask(kv.computed());
        return span != null && !span.causal();
    }

    final void reuse(int rows) {
        reused += rows;
    }

    /** Return the rows that resident pages stood in for, of those from row {@code from} on. */
    protected final int reusedFrom(int from) {
        return Math.max(0, Math.min(reused, needFrom - from));
    }

    public final boolean planned() {
        return planned;
    }

    final void planned(boolean now) {
        planned = now;
    }

    /** Reserve what the work costs, the first time that rows of it are planned. @throws PieException BUDGET_EXHAUSTED */
    final void reserveOnce() {
        if (!reserved) {
            reserve();
            reserved = true;
        }
    }

    /**
     * Reserve what the budget must pay for all rows not yet reused and for what they draw. Rows that are only replayed cost nothing.
     *
     * @throws PieException BUDGET_EXHAUSTED if there is not enough: the work fails, with nothing reserved
     */
    protected void reserve() {}

    /** Return an upper bound of the draws asked of rows [from, to). */
    protected abstract int draws(int from, int to);

    /** Add attention mask, draws and probes of rows [from, to) to the batch, whose first is {@code batchRow}. */
    protected abstract void write(BatchWriter batch, int batchRow, int from, int to);

    /** Take the results of rows [from, to), last handed to {@link #write}; called before the rows count as computed. */
    protected abstract void results(ForwardResult result, int firstDraw, int firstProbe, int from, int to);

    /** All rows are computed and all results taken. */
    protected abstract void done();

    /** Undo everything: the context is as before the work. */
    protected abstract void failed(PieException cause);
}
