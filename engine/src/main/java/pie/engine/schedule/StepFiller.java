package pie.engine.schedule;

import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import pie.engine.PieException;
import pie.engine.adapter.Adapter;
import pie.engine.driver.DriverCapabilities;
import pie.engine.kv.KvContext;
import pie.engine.kv.KvStore;
import pie.engine.kv.MaskSpan;
import pie.engine.market.Missed;

/** Put rows of works into a step, as many as limits, pages, budgets and time allow. */
final class StepFiller {
    private static final int ABSENT = -1;

    private final KvStore store;
    private final DriverCapabilities limits;
    private final int prefillChunk;
    private final long itlNanos;
    private final StepTime time;
    private final BiConsumer<Work, PieException> refused;
    private final AdapterNumbers adapters;
    private final BatchWriter writer;
    private StepPlan step;
    private @Nullable StepPlan before;
    private long part;

    StepFiller(
            KvStore store,
            DriverCapabilities limits,
            int prefillChunk,
            long itlNanos,
            StepTime time,
            AdapterNumbers adapters,
            BiConsumer<Work, PieException> refused) {
        this.adapters = adapters;
        this.store = store;
        this.limits = limits;
        this.prefillChunk = prefillChunk;
        this.itlNanos = itlNanos;
        this.time = time;
        this.refused = refused;
        writer = new BatchWriter(limits);
        step = new StepPlan(writer.batch());
    }

    /**
     * @param previous the step whose draws may be rows of this one
     * @param only part of a step that was not run, whose works alone are taken; 0 for all
     */
    void begin(StepPlan next, @Nullable StepPlan previous, long only) {
        next.clear();
        adapters.begin();
        writer.begin(next.batch);
        step = next;
        before = previous;
        part = only;
    }

    /** Return the rows that a work which goes ahead may take at once. */
    int first(Work work) {
        return work.left() <= store.pageSize() ? work.left() : Math.max(store.pageSize(), allowance(work));
    }

    /** Return the rows that a slice may have beside the decode rows of the plan, within the time that a step may take. */
    int allowance(Work work) {
        if (step.decodeRows() == 0 || !time.fitted()) {
            return prefillChunk;
        }
        int low = 0;
        int high = prefillChunk;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (time.nanos(step.rows() + middle, step.kvTokens + work.next() + middle) <= itlNanos) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    /** Add rows of a work, once a step: the next ones, or the one that the step before draws. */
    void take(Work work, int most, int mostAtomic) {
        if (work.plannedIn(step) || work.place < 0 || work.kv().moving() || (part > 0 && work.part != part)) {
            return;
        }
        if (work.submitted()) {
            chain(work, most);
            return;
        }
        KvContext kv = work.kv();
        boolean again = !work.inFlight() && kv.computed() >= work.target;
        int from = again ? work.target - 1 : work.next();
        int to = slice(work, from, most, mostAtomic);
        int adapter = to <= from ? ABSENT : adapter(work, again ? to : from);
        if (adapter == ABSENT) {
            return;
        }
        boolean silent = !again && readAgain(work, to);
        int draws = silent ? 0 : work.draws(from, to);
        if (full(work, draws) || !fit(work, store.pagesFor(to)) || !paid(work)) {
            return;
        }
        int firstDraw = step.batch.draws;
        int firstProbe = step.batch.probes;
        int row = writer.request(kv, from, to, store.pagesFor(to), again, adapter);
        if (!silent) {
            work.write(writer, row, from, to);
        }
        int before = again ? 0 : Math.max(0, Math.min(to, kv.written()) - from);
        enter(work, from, to, before, silent, firstDraw, firstProbe);
    }

    /** Add the row whose token the step before draws. */
    private void chain(Work work, int most) {
        int draw = work.drawIn(before);
        if (draw < 0 || most < 1 || !work.goesOn() || full(work, 1)) {
            return;
        }
        KvContext kv = work.kv();
        int row = work.target;
        int adapter = adapter(work, row);
        if (adapter == ABSENT) {
            return;
        }
        int pages = store.pagesFor(row + 1);
        int lacking = store.lacking(kv, pages);
        if (store.pool().available() < lacking) {
            work.missed(Missed.EXCLUDED);
            return;
        }
        if (!work.reserveChained()) {
            return;
        }
        int had = kv.pages();
        if (lacking > 0) {
            store.grow(kv, pages);
        }
        int firstDraw = step.batch.draws;
        int batchRow = writer.chained(kv, row, pages, draw, adapter);
        work.writeChained(writer, batchRow, kv.pages() - had);
        enter(work, row, row + 1, 0, false, firstDraw, step.batch.probes);
    }

    /** Return the number of a row's adapter, 0 for none, {@link #ABSENT} if the driver does not have it yet. */
    private int adapter(Work work, int row) {
        Optional<Adapter> wanted = work.kv().adapter(row);
        if (wanted.isEmpty()) {
            return 0;
        }
        try {
            int number = adapters.number(wanted.get());
            if (number > 0) {
                return number;
            }
            work.missed(Missed.RESTORING);
        } catch (PieException e) {
            refused.accept(work, e);
        }
        return ABSENT;
    }

    private void enter(Work work, int from, int to, int again, boolean silent, int firstDraw, int firstProbe) {
        step.add(work, from, to, again, silent, firstDraw, firstProbe);
        work.plan(step, to, step.batch.draws > firstDraw ? step.batch.draws - 1 : -1);
        work.kv().entered();
    }

    private boolean full(Work work, int draws) {
        if (step.requests() == limits.maxRequests() || step.batch.draws + draws > limits.maxDraws()) {
            work.missed(Missed.LIMIT);
            return true;
        }
        return false;
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
        int to = uniform - from <= most ? uniform : (from + most) / store.pageSize() * store.pageSize();
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
            refused.accept(work, e);
            return false;
        }
    }
}
