package pie.engine.schedule;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import pie.engine.PieException;
import pie.engine.driver.DriverCapabilities;
import pie.engine.driver.ForwardBatch;
import pie.engine.driver.ForwardResult;
import pie.engine.kv.KvContext;
import pie.engine.kv.KvStore;
import pie.engine.kv.MaskSpan;
import pie.engine.market.Missed;

/**
 * Fill steps with the rows of the works that are granted pages, in rank order, and hand the results back.
 *
 * <pre>
 * pass 1   works that go ahead of all bids       within their share, the first of them in any case
 * pass 2   decode rows: at most a page of rows   all but a page of rows, if anything longer waits
 * pass 3   slices of prefill and replay          what is left, as far as the time of a step allows
 * </pre>
 */
public final class Scheduler {
    private final KvStore store;
    private final DriverCapabilities limits;
    private final int prefillChunk;
    private final long itlNanos;
    private final StepTime time = new StepTime();
    private final BatchWriter writer;
    private final List<Work> works = new ArrayList<>();
    private final Order order;

    private Work[] planned = new Work[16];
    private boolean[] plannedSilent = new boolean[16];
    private int[] plannedTo = new int[16];
    private int[] plannedRows = new int[16];
    private int[] plannedReplay = new int[16];
    private int[] firstDraw = new int[16];
    private int[] firstProbe = new int[16];
    private final List<Work> refused = new ArrayList<>();
    private final List<PieException> refusals = new ArrayList<>();
    private int requests;
    private int rows;
    private long kvTokens;
    private int decodeRows;

    public Scheduler(KvStore store, DriverCapabilities limits, int prefillChunk, long itlNanos, Order order) {
        this.store = store;
        this.limits = limits;
        this.prefillChunk = Math.max(prefillChunk, store.pageSize());
        this.itlNanos = itlNanos;
        this.order = order;
        writer = new BatchWriter(limits);
    }

    public void add(Work work) {
        work.place = works.size();
        works.add(work);
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

    /** Fill a batch. Return whether it has rows. */
    public boolean plan(ForwardBatch batch) {
        begin(batch);
        order.clear();
        int page = store.pageSize();
        int most = limits.maxTokens();
        boolean prefill = false;
        for (int i = 0; i < order.size(); i++) {
            Work work = order.granted(i);
            reuse(work);
            work.missed(Missed.FULL);
            prefill |= work.left() > page;
        }
        if (order.size() > 0 && prefill && order.granted(0).uncut()) {
            take(batch, order.granted(0), most, most);
        }
        for (int i = 0; i < order.ahead(); i++) {
            int share = i == 0 ? most : Math.min(most, order.rowsAhead(most)) - rows;
            take(batch, order.granted(i), Math.min(share, slice(order.granted(i))), share);
        }
        int room = prefill ? most - page : most;
        for (int i = 0; i < order.size(); i++) {
            if (order.granted(i).left() <= page) {
                take(batch, order.granted(i), room - rows, room - rows);
            }
        }
        decodeRows = rows;
        int least = page;
        for (int i = 0; prefill && i < order.size(); i++) {
            Work work = order.granted(i);
            if (!work.planned() && work.left() > page) {
                take(batch, work, Math.min(most - rows, Math.max(least, allowance(work))), most - rows);
                least = work.planned() ? 0 : least;
            }
        }
        return requests > 0;
    }

    private void begin(ForwardBatch batch) {
        writer.begin(batch);
        requests = 0;
        rows = 0;
        kvTokens = 0;
        decodeRows = 0;
        for (int i = 0; i < works.size(); i++) {
            works.get(i).missed(Missed.EXCLUDED);
        }
    }

    private void reuse(Work work) {
        KvContext kv = work.kv();
        if (work.lookUp && kv.computed() + store.pageSize() <= work.needFrom) {
            int before = kv.computed();
            store.lookUp(kv, work.needFrom);
            work.reuse(Math.max(0, kv.computed() - Math.max(before, kv.written())));
        }
    }

    /** Return the rows that a work which goes ahead may take at once. */
    private int slice(Work work) {
        return work.left() <= store.pageSize() ? work.left() : Math.max(store.pageSize(), allowance(work));
    }

    /** Return the rows that a slice may have beside the decode rows of the plan, within the time that a step may take. */
    private int allowance(Work work) {
        if (decodeRows == 0 || !time.fitted()) {
            return prefillChunk;
        }
        int low = 0;
        int high = prefillChunk;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (time.nanos(rows + middle, kvTokens + work.kv().computed() + middle) <= itlNanos) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    private void take(ForwardBatch batch, Work work, int most, int mostAtomic) {
        if (work.planned() || work.place < 0) {
            return;
        }
        KvContext kv = work.kv();
        boolean again = kv.computed() >= work.target;
        int from = again ? work.target - 1 : kv.computed();
        int to = slice(work, from, most, mostAtomic);
        if (to <= from) {
            return;
        }
        boolean silent = !again && readAgain(work, to);
        int draws = silent ? 0 : work.draws(from, to);
        if (requests == limits.maxRequests() || batch.draws + draws > limits.maxDraws()) {
            work.missed(Missed.LIMIT);
            return;
        }
        if (!fit(work, store.pagesFor(to)) || !paid(work)) {
            return;
        }
        room();
        int row = writer.request(kv, from, to, store.pagesFor(to), again);
        planned[requests] = work;
        plannedSilent[requests] = silent;
        plannedTo[requests] = to;
        plannedRows[requests] = to - from;
        plannedReplay[requests] = again ? 0 : Math.max(0, Math.min(to, kv.written()) - from);
        firstDraw[requests] = batch.draws;
        firstProbe[requests] = batch.probes;
        requests++;
        rows += to - from;
        kvTokens += to;
        work.planned(true);
        if (!silent) {
            work.write(writer, row, from, to);
        }
    }

    /** Say whether the last row sees other slots when it is read than when it was written, so that rows up to {@code to} tell nothing yet. */
    private static boolean readAgain(Work work, int to) {
        KvContext kv = work.kv();
        return to == work.target && kv.written() == to && kv.uniform(to - 1) == to;
    }

    /**
     * Return the row after the slice's last: the target, else a page boundary, never within rows that belong together, nor beyond rows
     * for which other drops and windows hold.
     */
    private int slice(Work work, int from, int most, int mostAtomic) {
        int uniform = Math.min(Math.min(work.target, work.kv().uniform(from)), store.reach(work.kv()));
        if (uniform - from <= most) {
            return uniform;
        }
        int to = (from + most) / store.pageSize() * store.pageSize();
        MaskSpan span = work.kv().mask(to);
        if (span == null || span.causal() || span.from() == to) {
            return to;
        }
        if (from < span.from()) {
            return span.from();
        }
        return span.end() - from <= mostAtomic ? span.end() : from;
    }

    private boolean fit(Work work, int pages) {
        int lacking = store.lacking(work.kv(), pages);
        if (store.pool().available() < lacking) {
            work.missed(Missed.EXCLUDED);
            return false;
        }
        if (lacking > 0) {
            store.grow(work.kv(), pages);
        }
        return true;
    }

    /** Have the work reserve its cost; one that cannot is no longer waiting, and fails when the plan is made. */
    private boolean paid(Work work) {
        try {
            work.reserveOnce();
            return true;
        } catch (PieException e) {
            remove(work);
            refused.add(work);
            refusals.add(e);
            return false;
        }
    }

    /** Fail the works that could not pay for the rows of the last plan. Return whether there were any. */
    public boolean refuse() {
        boolean any = !refused.isEmpty();
        for (int i = 0; i < refused.size(); i++) {
            refused.get(i).failed(refusals.get(i));
        }
        refused.clear();
        refusals.clear();
        return any;
    }

    private void room() {
        if (requests == planned.length) {
            int more = 2 * requests;
            planned = Arrays.copyOf(planned, more);
            plannedSilent = Arrays.copyOf(plannedSilent, more);
            plannedTo = Arrays.copyOf(plannedTo, more);
            plannedRows = Arrays.copyOf(plannedRows, more);
            plannedReplay = Arrays.copyOf(plannedReplay, more);
            firstDraw = Arrays.copyOf(firstDraw, more);
            firstProbe = Arrays.copyOf(firstProbe, more);
        }
    }

    public int requests() {
        return requests;
    }

    public int rows() {
        return rows;
    }

    /** Return the rows of the last plan that came from works of at most a page. */
    public int decodeRows() {
        return decodeRows;
    }

    public Work planned(int request) {
        return planned[request];
    }

    public int plannedRows(int request) {
        return plannedRows[request];
    }

    /** Return the row after the last of a planned request. */
    public int plannedTo(int request) {
        return plannedTo[request];
    }

    /** Return the rows of a planned request that were computed before. */
    public int plannedReplay(int request) {
        return plannedReplay[request];
    }

    /** Give the results of the planned step to their works, best-ranked first. */
    public void settle(ForwardResult result) {
        time.learn(rows, kvTokens, result.prepareNanos + result.forwardNanos + result.sampleNanos);
        for (int i = 0; i < requests; i++) {
            Work work = planned[i];
            work.planned(false);
            if (plannedSilent[i]) {
                store.computed(work.kv(), plannedTo[i], work.sealLimit);
                continue;
            }
            try {
                work.results(result, firstDraw[i], firstProbe[i], plannedTo[i] - plannedRows[i], plannedTo[i]);
            } catch (PieException e) {
                remove(work);
                work.failed(e);
                continue;
            }
            store.computed(work.kv(), plannedTo[i], work.sealLimit);
            if (plannedTo[i] == work.target) {
                remove(work);
                work.done();
            }
        }
        requests = 0;
    }

    /** Fail a work that is in no step. */
    public void fail(Work work, PieException cause) {
        remove(work);
        work.failed(cause);
    }

    /** Fail every work of the planned step. */
    public void fail(PieException cause) {
        for (int i = 0; i < requests; i++) {
            Work work = planned[i];
            work.planned(false);
            remove(work);
            work.failed(cause);
        }
        requests = 0;
    }
}
