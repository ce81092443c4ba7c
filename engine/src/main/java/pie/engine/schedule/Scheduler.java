package pie.engine.schedule;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import pie.engine.PieException;
import pie.engine.driver.DriverCapabilities;
import pie.engine.driver.ForwardBatch;
import pie.engine.driver.ForwardResult;
import pie.engine.kv.KvContext;
import pie.engine.kv.KvStore;

/**
 * Keep the contexts that have work in rank order, fill steps with their rows and hand the results back.
 *
 * <p>Pages are handed out in rank order too. Where they are short, retained ones go first, then those of the worst-ranked context
 * that has no rows in the step: so the best-ranked always gets on, and whoever is displaced computes its rows again later.
 */
public final class Scheduler {
    private final KvStore store;
    private final DriverCapabilities limits;
    private final int prefillChunk;
    private final long itlNanos;
    private final StepTime time = new StepTime();
    private final BatchWriter writer;
    private final List<Work> waiting = new ArrayList<>();
    private final Displacement displacement;

    private Work[] planned = new Work[16];
    private int[] plannedTo = new int[16];
    private int[] plannedRows = new int[16];
    private int[] plannedReplay = new int[16];
    private int[] firstDraw = new int[16];
    private int[] firstProbe = new int[16];
    private int requests;
    private int rows;
    private long kvTokens;
    private int decodeRows;

    public Scheduler(
            KvStore store, DriverCapabilities limits, int prefillChunk, long itlNanos, Displacement displacement) {
        this.store = store;
        this.limits = limits;
        this.prefillChunk = Math.max(prefillChunk, store.pageSize());
        this.itlNanos = itlNanos;
        this.displacement = displacement;
        writer = new BatchWriter(limits);
    }

    /** Say which contexts may lose their pages, and hear of it. */
    public interface Displacement {
        /** Return the context to displace in favour of {@code work}, null if none may be. */
        @Nullable
        KvContext victim(Work work);
    }

    public void add(Work work) {
        int i = waiting.size();
        while (i > 0 && waiting.get(i - 1).rank() > work.rank()) {
            i--;
        }
        waiting.add(i, work);
    }

    public void remove(Work work) {
        waiting.remove(work);
    }

    public boolean idle() {
        return waiting.isEmpty();
    }

    /** Return the best-ranked work; there must be some. */
    public Work best() {
        return waiting.getFirst();
    }

    public int waiting() {
        return waiting.size();
    }

    /** Fill a batch. Return whether it has rows. */
    public boolean plan(ForwardBatch batch) {
        writer.begin(batch);
        requests = 0;
        rows = 0;
        kvTokens = 0;
        decodeRows = 0;
        int page = store.pageSize();
        boolean prefill = false;
        for (int i = 0; i < waiting.size(); i++) {
            Work work = waiting.get(i);
            reuse(work);
            prefill |= work.left() > page;
        }
        if (prefill && waiting.getFirst().uncut()) {
            take(batch, waiting.getFirst(), limits.maxTokens(), limits.maxTokens());
        }
        int room = prefill ? limits.maxTokens() - page : limits.maxTokens();
        for (int i = 0; i < waiting.size(); i++) {
            Work work = waiting.get(i);
            if (!work.planned() && work.left() <= page) {
                take(batch, work, room - rows, room - rows);
            }
        }
        decodeRows = rows;
        int least = page;
        for (int i = 0; prefill && i < waiting.size(); i++) {
            Work work = waiting.get(i);
            if (!work.planned() && work.left() > page) {
                int free = limits.maxTokens() - rows;
                take(batch, work, Math.min(free, Math.max(least, allowance(work))), free);
                least = work.planned() ? 0 : least;
            }
        }
        return requests > 0;
    }

    private void reuse(Work work) {
        KvContext kv = work.kv();
        if (work.lookUp && kv.computed() + store.pageSize() <= work.needFrom) {
            int before = kv.computed();
            store.lookUp(kv, work.needFrom);
            work.reuse(Math.max(0, kv.computed() - Math.max(before, kv.written())));
        }
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
        KvContext kv = work.kv();
        boolean again = kv.computed() >= work.target;
        int from = again ? work.target - 1 : kv.computed();
        int to = slice(work, from, most, mostAtomic);
        if (to <= from
                || requests == limits.maxRequests()
                || batch.draws + work.draws(from, to) > limits.maxDraws()
                || !fit(work, store.pagesFor(to))) {
            return;
        }
        room();
        int row = writer.request(kv, from, to, store.pagesFor(to), again);
        planned[requests] = work;
        plannedTo[requests] = to;
        plannedRows[requests] = to - from;
        plannedReplay[requests] = again ? 0 : Math.max(0, Math.min(to, kv.written()) - from);
        firstDraw[requests] = batch.draws;
        firstProbe[requests] = batch.probes;
        requests++;
        rows += to - from;
        kvTokens += to;
        work.planned(true);
        work.write(writer, row, from, to);
    }

    /** Return the row after the slice's last: the target, else a page boundary, never within rows that belong together. */
    private int slice(Work work, int from, int most, int mostAtomic) {
        if (work.target - from <= most) {
            return work.target;
        }
        int to = (from + most) / store.pageSize() * store.pageSize();
        if (to <= work.atomicFrom) {
            return to;
        }
        if (from < work.atomicFrom) {
            return work.atomicFrom - from <= most ? work.atomicFrom : from;
        }
        return work.target - from <= mostAtomic ? work.target : from;
    }

    private boolean fit(Work work, int pages) {
        KvContext kv = work.kv();
        int lacking = store.lacking(kv, pages);
        while (store.pool().available() < lacking) {
            KvContext victim = displacement.victim(work);
            if (victim == null) {
                return false;
            }
            store.evict(victim);
        }
        if (lacking > 0) {
            store.grow(kv, pages);
        }
        return true;
    }

    private void room() {
        if (requests == planned.length) {
            int more = 2 * requests;
            planned = Arrays.copyOf(planned, more);
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
