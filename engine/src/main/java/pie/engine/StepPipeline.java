package pie.engine;

import java.util.ArrayDeque;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pie.engine.driver.DriverFault;
import pie.engine.driver.ForwardBatch;
import pie.engine.driver.ForwardResult;
import pie.engine.driver.StepSink;
import pie.engine.kv.KvContext;
import pie.engine.schedule.Scheduler;
import pie.engine.schedule.StepPlan;

/**
 * Keep the device busy: plan steps, hand them in, settle them in order.
 *
 * <pre>
 * device   | execute k            | execute k+1            | execute k+2
 * loop     | ... plan k+1, submit | settle k ... plan k+2  | settle k+1 ...
 * </pre>
 *
 * While a step executes, the next one stays open for newcomers until shortly before its predicted end.
 */
final class StepPipeline implements StepSink {
    private static final Logger LOG = LoggerFactory.getLogger(StepPipeline.class);
    private static final long LONGEST_WAIT = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long LEAD = TimeUnit.MICROSECONDS.toNanos(200);
    private static final long PATIENCE = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long NEVER = Long.MAX_VALUE;

    private final EngineLoop loop;
    private final Scheduler scheduler;
    private final LongSupplier clock;
    private final int depth;
    private final ArrayDeque<StepPlan> spare = new ArrayDeque<>();
    /** Steps with the driver, in order. */
    private final ArrayDeque<StepPlan> flights = new ArrayDeque<>();

    private long nextStep = 1;
    private long idleSince;
    private long lastStepNanos;
    /** Moving average of what planning a step takes. */
    private long planNanos;
    /** From when on holders without work may lose their pages, as there are none for any work. */
    private long insistAt = NEVER;
    /** Count of added works when there was nothing to plan behind a running step, -1 if there may be something. */
    private long barren = -1;

    StepPipeline(EngineLoop loop, LongSupplier clock) {
        this.loop = loop;
        this.clock = clock;
        scheduler = loop.scheduler;
        depth = loop.limits.chained() ? loop.config.pipelineDepth() : 1;
        renew();
    }

    /** Return when the driver came to the step that it has, 0 if it has none. */
    long begun() {
        StepPlan first = flights.peek();
        return first == null ? 0 : first.begunNanos;
    }

    /** Give up a step that takes too long. */
    void expire(long now) {
        StepPlan first = flights.peek();
        if (first == null || now < deadline(first)) {
            return;
        }
        if (first.cancelled) {
            fault(
                    first,
                    new DriverFault("a cancelled step did not end within " + loop.config.stepTimeout(), true, null));
        } else {
            first.cancelled = true;
            first.begunNanos = now;
            loop.driver.cancel(first.batch.step);
            fault(first, new DriverFault("a step took more than " + loop.config.stepTimeout(), false, null));
        }
    }

    private long deadline(StepPlan first) {
        return first.begunNanos + loop.config.stepTimeout().toNanos();
    }

    /** There may be something to plan again, though nothing was added. */
    void reconsider() {
        barren = -1;
    }

    /** Plan and hand in what is due. Return the time of the next timer. */
    long advance(long now) {
        long timer = sealAt(now);
        while (timer <= now) {
            timer = step(now);
            loop.reply();
            timer = timer <= now ? sealAt(now) : timer;
        }
        StepPlan first = flights.peek();
        return first == null ? timer : Math.min(timer, deadline(first));
    }

    /**
     * Return when to seal the next step: while one executes, shortly before that ends; else now, or a moment later if somebody is just
     * about to add to it.
     */
    private long sealAt(long now) {
        StepPlan last = flights.peekLast();
        if (scheduler.idle() || loop.lost()) {
            insistAt = NEVER;
            return Long.MAX_VALUE;
        }
        if (last != null) {
            boolean open = flights.size() < depth
                    && !flights.getFirst().cancelled
                    && scheduler.added() != barren
                    && scheduler.mayPlanBehind(last);
            return open ? last.begunNanos + scheduler.predictNanos(last) - LEAD - planNanos : Long.MAX_VALUE;
        }
        long wait = Math.min(LONGEST_WAIT, lastStepNanos / 10);
        if (scheduler.waiting() >= loop.limits.maxRequests() || now >= idleSince + wait || !loop.expected.any(now)) {
            return now;
        }
        return idleSince + wait;
    }

    /** Plan and submit a step. Return when to try again if there was nothing to plan. */
    private long step(long now) {
        StepPlan plan = spare.getFirst();
        StepPlan before = flights.peekLast();
        long begun = clock.getAsLong();
        loop.market.at(now, before == null && now >= insistAt);
        boolean any = false;
        try {
            any = scheduler.plan(plan, before);
            if (any) {
                loop.market.sealed(plan, nextStep);
                loop.maskWaits.missed(nextStep);
            }
        } finally {
            plan.planNanos = clock.getAsLong() - begun;
            loop.counters.planNanos += plan.planNanos;
        }
        if (!any) {
            return nothing(now, before);
        }
        insistAt = NEVER;
        planNanos += (plan.planNanos - planNanos) / 8;
        spare.poll();
        submit(plan, before);
        return now;
    }

    private long nothing(long now, @Nullable StepPlan before) {
        if (scheduler.refuse()) {
            return now;
        }
        if (before != null) {
            barren = scheduler.added();
            return Long.MAX_VALUE;
        }
        if (loop.store.pool().pinned() > 0 || loop.adapters.loading()) {
            return Long.MAX_VALUE;
        }
        if (now < insistAt) {
            insistAt = Math.min(insistAt, now + patience(now));
            return insistAt;
        }
        scheduler.fail(
                scheduler.first(),
                new PieException(
                        ErrorCode.OUT_OF_PAGES,
                        "the pages that the pass needs are held by contexts with attention masks: close some of them"));
        return now;
    }

    /**
     * Return how long to leave holders without work their pages: they may go on, and the device is not idle for longer than it would take
     * to make the pages again. So both together cost twice what the better one would have, at most (Karlin et al., "Competitive snoopy
     * caching", 1988).
     */
    private long patience(long now) {
        int pages = 0;
        long last = now;
        for (int i = 0; i < loop.contexts(); i++) {
            EngineContext context = loop.allContexts().get(i);
            if (!context.working() && !context.closed() && context.kv().held() > 0) {
                last = pages == 0 ? context.lastResult : Math.max(last, context.lastResult);
                pages += context.kv().held();
            }
        }
        long worth = Math.clamp(loop.hostCopies.backNanos(pages), Expected.NANOS, PATIENCE);
        return pages == 0 ? 0 : Math.max(0, last + worth - now);
    }

    private void submit(StepPlan plan, @Nullable StepPlan before) {
        ForwardBatch batch = plan.batch;
        batch.step = nextStep++;
        plan.submittedNanos = clock.getAsLong();
        plan.begunNanos = plan.submittedNanos + (before == null ? 0 : scheduler.predictNanos(before));
        loop.counters.batch(batch.rows, batch.requests, plan.submittedNanos);
        loop.store.pin(batch.pageIndices, batch.pageIndptr[batch.requests]);
        flights.add(plan);
        loop.hostCopies.spill();
        scheduler.refuse();
        try {
            loop.driver.submit(batch, this);
        } catch (RuntimeException e) {
            plan.ended(null, DriverFault.notRun("submit failed: " + e, e));
            settle();
        }
    }

    @Override
    public void done(ForwardBatch batch, ForwardResult result) {
        long step = batch.step;
        loop.completion(() -> ended(batch, step, result, null));
    }

    @Override
    public void failed(ForwardBatch batch, DriverFault fault) {
        long step = batch.step;
        loop.completion(() -> ended(batch, step, null, fault));
    }

    /** Note the end of a step, unless it is the second one of the same step, and settle what can be settled in order. */
    private void ended(ForwardBatch batch, long step, @Nullable ForwardResult result, @Nullable DriverFault fault) {
        StepPlan plan = flights.peekFirst();
        if (plan != null && plan.batch != batch) {
            plan = flights.peekLast(); // there are two at most
        }
        if (plan != null && plan.batch == batch && batch.step == step) {
            plan.ended(result, fault);
            settle();
        }
    }

    private void settle() {
        StepPlan first;
        while ((first = flights.peek()) != null && first.ended()) {
            flights.poll();
            barren = -1;
            long now = loop.tick();
            loop.store.unpin(first.batch.pageIndices, first.batch.pageIndptr[first.batch.requests]);
            scheduler.returned(first);
            StepPlan next = flights.peek();
            if (next != null) {
                next.begunNanos = now;
            }
            idleSince = now;
            ForwardResult result = first.result();
            DriverFault fault = first.fault();
            if (first.cancelled) {
                if (fault != null && fault.deviceLost()) {
                    fault(first, fault);
                }
            } else if (result != null) {
                settle(first, result, now);
            } else if (fault != null) {
                fault(first, fault);
            }
            for (int i = 0; i < first.requests(); i++) {
                owner(first.work(i).kv()).leave();
            }
            first.clear();
            spare.add(first);
        }
    }

    private void settle(StepPlan plan, ForwardResult result, long now) {
        lastStepNanos = Math.max(0, now - plan.begunNanos);
        LoopCounters counters = loop.counters;
        counters.steps++;
        counters.driverNanos += lastStepNanos;
        counters.rowsDecode += plan.decodeRows();
        counters.rowsPrefill += plan.rows() - plan.decodeRows();
        account(plan, now);
        loop.market.settle(plan, lastStepNanos);
        scheduler.settle(plan, result);
        loop.market.publish();
        long settled = clock.getAsLong() - now;
        counters.planNanos += settled;
        counters.stepPlanNanos[(int) (counters.steps % counters.stepPlanNanos.length)] = plan.planNanos + settled;
    }

    private void account(StepPlan plan, long now) {
        for (int i = 0; i < plan.requests(); i++) {
            EngineContext context = owner(plan.work(i).kv());
            EngineProcess process = context.process;
            process.driverNanos += lastStepNanos * plan.rows(i) / Math.max(1, plan.rows());
            process.rows += plan.rows(i);
            loop.touch(process);
            if (process.trace != null) {
                process.trace.step(plan, i, context, lastStepNanos, now);
            }
            if (plan.isVoid(i)) {
                loop.counters.rowsOverrun += plan.rows(i);
                continue;
            }
            process.waitingNanos += Math.max(0, plan.submittedNanos - context.waitSince);
            context.stepped(plan.to(i), now);
            process.pagesAt(loop.counters.steps, now);
            int again = plan.again(i);
            process.tokensRecomputed += again;
            process.restoreNanos += again > 0 ? lastStepNanos : 0;
            if (plan.rows(i) > again) {
                context.bidder.ran();
            }
            loop.counters.tokensRecomputed += again;
        }
    }

    private static EngineContext owner(KvContext kv) {
        return (EngineContext) Objects.requireNonNull(kv.owner());
    }

    private void fault(StepPlan plan, DriverFault fault) {
        idleSince = loop.tick();
        loop.counters.stepFailures++;
        PieException cause = new PieException(
                fault.deviceLost() ? ErrorCode.DEVICE_LOST : ErrorCode.DRIVER_FAILURE,
                "the device failed: " + fault.message(),
                Map.of(),
                fault.cause());
        LOG.warn("step failed: {}", fault.message(), fault.cause());
        loop.market.waive(plan);
        if (fault.deviceLost()) {
            loop.lose(cause);
            giveUp(cause);
        }
        if (fault.notRun()) {
            scheduler.again(plan, cause);
        } else {
            scheduler.fail(plan, cause);
        }
    }

    /** Forget the steps of a driver that is closed and begin with batches of another; the works of those steps have failed. */
    void renew() {
        for (StepPlan plan : flights) {
            loop.store.unpin(plan.batch.pageIndices, plan.batch.pageIndptr[plan.batch.requests]);
            scheduler.returned(plan);
        }
        flights.clear();
        spare.clear();
        for (int i = 0; i <= depth; i++) {
            spare.add(new StepPlan(loop.driver.newBatch()));
        }
        idleSince = loop.tick();
    }

    /** Fail the works of all steps; the driver may still write their pages. */
    void giveUp(PieException cause) {
        for (StepPlan plan : flights) {
            if (!plan.cancelled) {
                plan.cancelled = true;
                loop.market.waive(plan);
                scheduler.fail(plan, cause);
            }
        }
    }
}
