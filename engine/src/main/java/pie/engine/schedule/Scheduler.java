package pie.engine.schedule;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import pie.engine.PieException;
import pie.engine.driver.DriverCapabilities;
import pie.engine.driver.ForwardResult;
import pie.engine.kv.KvContext;
import pie.engine.kv.KvStore;
import pie.engine.market.Missed;

/**
 * Fill steps with the rows of the works that are granted pages, in rank order, and hand the results back.
 *
 * <pre>
 * pass 1   works that go ahead of all bids       within their share, the first of them in any case
 * pass 2   decode rows: at most a page of rows   all but a page of rows, if anything longer waits
 * pass 3   slices of prefill and replay          what is left, as far as the time of a step allows
 * </pre>
 *
 * A step may be planned while another one is with the driver. A decode row of it then takes as its token what the other one draws.
 */
public final class Scheduler {
    /** Rows that wait for the host may be one in so many: a step planned ahead goes without them. */
    private static final int CHAINED_TO_ONE = 16;

    private final KvStore store;
    private final DriverCapabilities limits;
    private final StepTime time = new StepTime();
    private final DecodeTime decodeTime = new DecodeTime();
    private final StepFiller filler;
    private final Drafting drafting;
    private final List<Work> works = new ArrayList<>();
    private final Order order;
    private final List<Work> refused = new ArrayList<>();
    private final List<PieException> refusals = new ArrayList<>();
    private long added;
    private Restorer restorer = Restorer.NONE;
    private final Parts parts = new Parts();

    /** @param draftAlways whether drafts are taken whatever they cost */
    public Scheduler(
            KvStore store,
            DriverCapabilities limits,
            int prefillChunk,
            long itlNanos,
            boolean draftAlways,
            AdapterNumbers adapters,
            Order order) {
        this.store = store;
        this.limits = limits;
        this.order = order;
        drafting = new Drafting(limits, draftAlways, decodeTime);
        filler = new StepFiller(
                store, limits, Math.max(prefillChunk, store.pageSize()), itlNanos, time, adapters, this::refused);
    }

    /** Set what brings pages back that are not on the device. */
    public void restorer(Restorer next) {
        restorer = next;
    }

    public void add(Work work) {
        work.place = works.size();
        works.add(work);
        added++;
    }

    /** Return how many works were ever added. */
    public long added() {
        return added;
    }

    public void remove(Work work) {
        if (work.place >= 0) {
            Work last = works.removeLast();
            if (last != work) {
                works.set(work.place, last);
                last.place = work.place;
            }
            work.place = -1;
        }
    }

    public boolean idle() {
        return works.isEmpty();
    }

    /** Return a work, the first that came; there must be some. */
    public Work first() {
        Work first = works.getFirst();
        for (Work work : works) {
            first = work.kv().rank() < first.kv().rank() ? work : first;
        }
        return first;
    }

    public int waiting() {
        return works.size();
    }

    /**
     * Fill a step. Return whether it has rows.
     *
     * @param before the step that the driver will run just before this one, if it has not ended
     */
    public boolean plan(StepPlan step, @Nullable StepPlan before) {
        long part;
        do {
            part = parts.take(works);
            filler.begin(step, before, part);
            for (int i = 0; i < works.size(); i++) {
                works.get(i).missed(Missed.EXCLUDED);
            }
            order.clear();
            boolean prefill = demand(before);
            ahead(step, prefill);
            decode(step, prefill);
            prefill(step, prefill);
        } while (step.requests() == 0 && part > 0);
        return step.requests() > 0;
    }

    /** See what the works that are granted pages want. Return whether any of them wants more than a page of rows. */
    private boolean demand(@Nullable StepPlan before) {
        boolean prefill = false;
        int decodes = 0;
        int decodeRows = 0;
        for (int i = 0; i < order.size(); i++) {
            Work work = order.granted(i);
            work.draft(0);
            if (!reuse(work)) {
                work.missed(Missed.RESTORING);
                continue;
            }
            work.missed(Missed.FULL);
            int left = work.left();
            prefill |= left > store.pageSize();
            decodes += left > 0 ? 1 : 0;
            decodeRows += left;
        }
        drafting.begin(decodes, decodeRows, before == null && !prefill, prefill ? store.pageSize() : 0);
        return prefill;
    }

    /** Pass 1: works that go ahead of all bids. Rows that must stay together go first of all, as nothing may be left for them else. */
    private void ahead(StepPlan step, boolean prefill) {
        int most = limits.maxTokens();
        if (prefill && order.granted(0).uncut()) {
            filler.take(order.granted(0), most, most);
        }
        for (int i = 0; i < order.ahead(); i++) {
            Work work = order.granted(i);
            int share = i == 0 ? most : Math.min(most, order.rowsAhead(most)) - step.rows();
            filler.take(work, Math.min(share, filler.first(work)), share);
        }
    }

    /** Pass 2: decode rows and their drafts. */
    private void decode(StepPlan step, boolean prefill) {
        int room = prefill ? limits.maxTokens() - store.pageSize() : limits.maxTokens();
        for (int i = 0; i < order.size(); i++) {
            Work work = order.granted(i);
            if (work.left() <= store.pageSize()) {
                drafting.draft(work);
                filler.take(work, room - step.rows(), room - step.rows());
            }
        }
        step.decodeRows(step.rows());
    }

    /** Pass 3: slices of prefill and replay; the best-ranked gets a page in any case. */
    private void prefill(StepPlan step, boolean any) {
        int least = store.pageSize();
        for (int i = 0; any && i < order.size(); i++) {
            Work work = order.granted(i);
            if (!work.plannedIn(step) && work.left() > store.pageSize()) {
                int room = limits.maxTokens() - step.rows();
                filler.take(work, Math.min(room, Math.max(least, filler.allowance(work))), room);
                least = work.plannedIn(step) ? 0 : least;
            }
        }
    }

    /** Take pages that are there already. Return false if some are on their way: the work waits for them. */
    private boolean reuse(Work work) {
        KvContext kv = work.kv();
        if (kv.moving()) {
            return false;
        }
        if (work.lookUp && !work.inFlight() && kv.computed() + store.pageSize() <= work.needFrom) {
            int before = kv.computed();
            store.lookUp(kv, work.needFrom);
            restored(work, before);
            return kv.computed() + store.pageSize() > work.needFrom || !restorer.restore(work, work.needFrom);
        }
        return true;
    }

    /** Note that rows of a work from {@code before} on are there without having been computed for it. */
    public void restored(Work work, int before) {
        KvContext kv = work.kv();
        work.reuse(Math.max(0, kv.computed() - Math.max(before, kv.written())));
    }

    /** Return how long a row of prefill takes, 0 if nothing is known yet. */
    public long rowNanos() {
        return time.fitted() ? time.nanos(1, 0) - time.nanos(0, 0) : 0;
    }

    /**
     * Say whether a step may be planned while this one is with the driver, which nearly all works must be able to go on in: the others
     * would wait for it.
     */
    public boolean mayPlanBehind(StepPlan step) {
        int waiting = 0;
        for (int i = 0; i < step.requests(); i++) {
            Work work = step.work(i);
            waiting += !step.isVoid(i) && work.submitted() && !work.goesOn() ? 1 : 0;
        }
        return waiting * CHAINED_TO_ONE <= step.requests();
    }

    /** Return how long a step will take, 0 if nothing is known yet. */
    public long predictNanos(StepPlan step) {
        return time.fitted() ? time.nanos(step.rows(), step.kvTokens) : 0;
    }

    /** Keep a work that cannot pay for its rows, or whose adapter cannot be loaded, out of all plans; it fails when the plan is made. */
    private void refused(Work work, PieException cause) {
        remove(work);
        refused.add(work);
        refusals.add(cause);
    }

    /** Fail the works that were refused in the last plan. Return whether there were any. */
    public boolean refuse() {
        boolean any = !refused.isEmpty();
        for (int i = 0; i < refused.size(); i++) {
            refused.get(i).abandon();
            refused.get(i).failed(refusals.get(i));
        }
        refused.clear();
        refusals.clear();
        return any;
    }

    /** Give the results of a step to its works, best-ranked first. */
    public void settle(StepPlan step, ForwardResult result) {
        long nanos = result.prepareNanos + result.forwardNanos + result.sampleNanos;
        time.learn(step.rows(), step.kvTokens, nanos);
        if (step.rows() == step.decodeRows()) {
            decodeTime.learn(step.rows(), nanos);
        }
        for (int i = 0; i < step.requests(); i++) {
            Work work = step.work(i);
            if (!step.isVoid(i)) {
                work.settled();
                work.part = 0;
                settle(step, i, work, result);
            }
        }
    }

    private void settle(StepPlan step, int i, Work work, ForwardResult result) {
        int to = step.to(i);
        if (step.silent(i)) {
            store.computed(work.kv(), to, work.sealLimit);
            return;
        }
        try {
            work.results(result, step.firstDraw(i), step.firstProbe(i), step.from(i), to);
        } catch (PieException e) {
            fail(work, e);
            return;
        }
        store.computed(work.kv(), work.kept(to), work.sealLimit);
        if (to == work.target) {
            remove(work);
            work.done();
        }
    }

    /** Fail a work; rows of it that the driver has are void. */
    public void fail(Work work, PieException cause) {
        work.abandon();
        remove(work);
        work.failed(cause);
    }

    /** Plan the rows of a step once more, in two parts, as it was not run; a work that this happens to twice in a row fails. */
    public void again(StepPlan step, PieException cause) {
        List<Work> wanted = new ArrayList<>();
        for (int i = 0; i < step.requests(); i++) {
            if (!step.isVoid(i)) {
                wanted.add(step.work(i));
            }
        }
        List<Work> first = wanted.stream().filter(work -> work.part == 0).toList();
        for (Work work : wanted) {
            if (work.part > 0) {
                fail(work, cause);
            } else {
                work.notRun();
            }
        }
        parts.add(first.subList(0, (first.size() + 1) / 2));
        parts.add(first.subList((first.size() + 1) / 2, first.size()));
    }

    /** Fail every work of a step. */
    public void fail(StepPlan step, PieException cause) {
        for (int i = 0; i < step.requests(); i++) {
            if (!step.isVoid(i)) {
                fail(step.work(i), cause);
            }
        }
    }

    /** Note that the driver is done with a step. */
    public void returned(StepPlan step) {
        for (int i = 0; i < step.requests(); i++) {
            step.work(i).kv().left();
        }
    }
}
