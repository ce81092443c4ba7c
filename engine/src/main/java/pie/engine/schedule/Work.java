package pie.engine.schedule;

import org.jspecify.annotations.Nullable;
import pie.engine.PieException;
import pie.engine.driver.ForwardResult;
import pie.engine.kv.KvContext;
import pie.engine.kv.MaskSpan;
import pie.engine.market.Missed;

/**
 * Stand for rows that one context needs computed: from {@code kv.computed()} up to {@link #target}, in as many slices as the scheduler
 * likes, be they new or replayed. With all of them computed the last row is read again.
 *
 * <pre>
 * rows   | computed | in submitted steps | to be planned | target | the row drawn by the last one: chained
 * </pre>
 *
 * Rows may be in two submitted steps at once. Whoever no longer wants them begins a new epoch: their results are then dropped.
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
    private int epoch;
    /** Submitted steps with rows that are wanted. */
    private int flights;
    /** Row after the last that is planned or submitted, while there are any. */
    private int next;
    /** The last step with rows of this work. */
    private @Nullable StepPlan lastStep;

    /** Draw of the last row in the last step, -1 if that step does not draw from it. */
    private int lastDraw = -1;
    /** Place in the scheduler's list. */
    int place = -1;

    /** Part of a step that was not run, in which the rows are planned again; 0 for none. */
    long part;

    private Missed missed = Missed.EXCLUDED;

    protected Work(KvContext kv) {
        this.kv = kv;
    }

    public final KvContext kv() {
        return kv;
    }

    /** Begin a run: forget what the last one reused and reserved; rows of it that are still with the driver are void. */
    protected final void fresh() {
        abandon();
        reused = 0;
        reserved = false;
    }

    /** Begin a run whose rows are planned and paid for already, chained to the last run. */
    protected final void goneOn() {
        reused = 0;
        reserved = true;
    }

    /** Drop the results of all rows that are still with the driver. */
    protected final void abandon() {
        if (flights > 0) {
            epoch++;
            flights = 0;
            lastStep = null;
        }
    }

    /** Return the row after the last one to compute. */
    public final int target() {
        return target;
    }

    /** Return the row after the last that this work will have when all that can be planned now is computed. */
    public final int reach() {
        return inFlight() && next >= target && goesOn() ? target + 1 : target;
    }

    /** Return why the last plan has no rows of this work. */
    public final Missed missed() {
        return missed;
    }

    final void missed(Missed why) {
        missed = why;
    }

    /** Return the first row that is neither computed nor in a submitted step. */
    final int next() {
        return flights > 0 ? next : kv.computed();
    }

    /** Say whether all rows are in submitted steps. */
    final boolean submitted() {
        return flights > 0 && next >= target;
    }

    /** Return the draw of a step that gives the token after the last row, -1 if that step has none. */
    final int drawIn(@Nullable StepPlan step) {
        return submitted() && lastStep == step ? lastDraw : -1;
    }

    /** Return the rows to plan: at least 1 before the work is in a step, as a row may be read again. */
    final int left() {
        return flights > 0 ? Math.max(0, target - next) : Math.max(1, target - kv.computed());
    }

    /** Say whether the next rows must stay together. */
    final boolean uncut() {
        MaskSpan span = kv.mask(next());
        return span != null && !span.causal();
    }

    final void reuse(int rows) {
        reused += rows;
    }

    /** Return the rows that resident pages stood in for, of those from row {@code from} on. */
    protected final int reusedFrom(int from) {
        return Math.max(0, Math.min(reused, needFrom - from));
    }

    /** Say whether a submitted step has rows of this work. */
    public final boolean inFlight() {
        return flights > 0;
    }

    /** Say whether a step is the last one that rows of this work were planned for. */
    public final boolean plannedIn(StepPlan step) {
        return flights > 0 && lastStep == step;
    }

    /** Say whether the last plan of steps could have had rows of this work. */
    public final boolean wants() {
        return left() > 0;
    }

    final void plan(StepPlan step, int to, int draw) {
        flights++;
        next = to;
        lastStep = step;
        lastDraw = draw;
    }

    final void settled() {
        flights--;
    }

    final int epoch() {
        return epoch;
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

    /** Say whether, all rows computed, the work will go on with the token drawn from the last, as far as can be known now. */
    protected boolean goesOn() {
        return false;
    }

    /** Reserve what a chained row costs. Return false if that cannot be paid now: it is then planned when its token is known. */
    protected boolean reserveChained() {
        return false;
    }

    /** Add the draw of the chained row {@code target}, number {@code batchRow} of the batch, for which {@code pages} pages were added. */
    protected void writeChained(BatchWriter batch, int batchRow, int pages) {
        throw new IllegalStateException("this work has no chained rows");
    }

    /** Return how many drafts the work could take now. */
    protected int drafts() {
        return 0;
    }

    /** Say whether the program drafts by itself: its drafts are taken whatever they cost, as far as there is room. */
    protected boolean asked() {
        return false;
    }

    /** Return the chance of the i-th draft to hold if those before it do. */
    protected double chance(int i) {
        return 0;
    }

    /** Add so many drafts to the rows, in place of those added before. */
    protected void draft(int count) {}

    /** Return the row after the last, of those computed up to {@code to}, that counts: all but rejected drafts. */
    protected int kept(int to) {
        return to;
    }

    /** Rows of this work that are with the driver were not run: they are void, and will be planned again. */
    protected void notRun() {
        abandon();
    }

    /** Return an upper bound of the draws asked of rows [from, to). */
    protected abstract int draws(int from, int to);

    /** Add attention mask, draws and probes of rows [from, to) to the batch, whose first is {@code batchRow}. */
    protected abstract void write(BatchWriter batch, int batchRow, int from, int to);

    /** Take the results of rows [from, to), handed to {@link #write}; called before the rows count as computed. */
    protected abstract void results(ForwardResult result, int firstDraw, int firstProbe, int from, int to);

    /** All rows are computed and all results taken. */
    protected abstract void done();

    /** Undo everything: the context is as before the work. */
    protected abstract void failed(PieException cause);
}
