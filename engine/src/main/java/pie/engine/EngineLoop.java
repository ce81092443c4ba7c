package pie.engine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pie.engine.driver.Driver;
import pie.engine.driver.DriverCapabilities;
import pie.engine.driver.DriverFault;
import pie.engine.driver.ForwardBatch;
import pie.engine.driver.ForwardResult;
import pie.engine.driver.StepSink;
import pie.engine.generate.TokenCounts;
import pie.engine.kv.KvContext;
import pie.engine.kv.KvStore;
import pie.engine.kv.SipHash;
import pie.engine.model.LoadedModel;
import pie.engine.process.ProcessId;
import pie.engine.schedule.Scheduler;
import pie.engine.schedule.Work;
import pie.engine.snapshot.SnapshotStore;

/** Own all state of one model and change it on one thread, turn by turn. */
final class EngineLoop implements StepSink {
    private static final Logger LOG = LoggerFactory.getLogger(EngineLoop.class);
    private static final int COMMANDS_A_TURN = 1024;
    private static final int BATCHES = 3;
    private static final long EXPECTED = TimeUnit.MILLISECONDS.toNanos(2);
    private static final long LONGEST_WAIT = TimeUnit.MILLISECONDS.toNanos(1);

    final LoadedModel model;
    final Driver driver;
    final DriverCapabilities limits;
    final EngineConfig config;
    final KvStore store;
    final Scheduler scheduler;
    final EngineMarket market;
    final TokenCounts counts;
    final int maxContext;
    private final CommandQueue queue;
    private final LongSupplier clock;
    private final Object afterEnd = new Object();
    private final SipHash seeds;
    private final long[] seedWords = new long[3];
    private final Map<ProcessId, EngineProcess> processes = new HashMap<>();
    private final List<EngineContext> contexts = new ArrayList<>();
    private final ArrayDeque<EngineContext> recent = new ArrayDeque<>();
    private final ArrayDeque<ForwardBatch> batches = new ArrayDeque<>();
    private final ArrayList<Runnable> replies = new ArrayList<>();

    private volatile boolean ending;
    private volatile boolean ended;
    private @Nullable PieException lost;
    private long now;
    private @Nullable ForwardBatch inFlight;
    /** Step that took too long: its works have failed, but the driver may still write its pages. */
    private @Nullable ForwardBatch late;

    private long lateSince;
    private long nextStep = 1;
    private long submitted;
    private long idleSince;
    private long lastStepNanos;
    /** Since when there is work and no pages for any of it. */
    private long shortSince = Long.MAX_VALUE - 2 * EXPECTED;

    private long planned;

    final LoopCounters counters = new LoopCounters();
    final SnapshotDesk snapshots;

    /** Builds masks that are not remembered; each comes back as a completion. */
    final Executor masks;

    /**
     * @param clock gives nanoseconds, as {@link System#nanoTime} does
     * @param masks builds masks off the loop
     */
    EngineLoop(
            LoadedModel model,
            Driver driver,
            EngineConfig config,
            LongSupplier clock,
            CommandQueue queue,
            long secret0,
            long secret1,
            SipHash publishedSalt,
            Optional<SnapshotStore> snapshots,
            Executor masks) {
        this.snapshots = new SnapshotDesk(this, snapshots);
        this.clock = clock;
        this.queue = queue;
        this.model = model;
        this.driver = driver;
        this.config = config;
        this.masks = masks;
        limits = driver.capabilities();
        store = new KvStore(
                limits.totalPages(), limits.pageSize(), secret0, secret1, publishedSalt.high(), publishedSalt.low());
        market = new EngineMarket(config.market(), store, contexts);
        scheduler = new Scheduler(
                store, limits, config.prefillChunk(), config.itlTarget().toNanos(), market);
        counts = new TokenCounts(limits.vocabSize());
        maxContext = limits.maxContext();
        if (limits.maxTokens() < 2 * limits.pageSize()) {
            throw PieException.invalid("the driver takes " + limits.maxTokens()
                    + " tokens a step: it must take at least two pages, " + 2 * limits.pageSize());
        }
        seeds = new SipHash(0x7069652e73656564L, 0x706c616e2e736565L);
        for (int i = 0; i < BATCHES; i++) {
            batches.add(driver.newBatch());
        }
    }

    // Callers' side.

    /** Run a command on the loop; {@code reply} fails with CANCELLED if the loop has ended. */
    void command(Runnable command, CompletableFuture<?> reply) {
        queue.command(() -> {
            if (lost != null) {
                reply.completeExceptionally(lost);
            } else {
                command.run();
            }
        });
        drainIfEnded();
    }

    void completion(Runnable completion) {
        queue.completion(completion);
        drainIfEnded();
    }

    int queueDepth() {
        return queue.depth();
    }

    /** Say whether everything that came in has been dealt with. */
    boolean quiet() {
        return queue.empty();
    }

    private void drainIfEnded() {
        if (ended) {
            drainAfterEnd();
        }
    }

    private void drainAfterEnd() {
        synchronized (afterEnd) {
            drain(Integer.MAX_VALUE);
            reply();
        }
    }

    /** Ask the loop to end; whoever drives it calls {@link #end} then. */
    void askToEnd() {
        completion(() -> ending = true);
    }

    boolean ending() {
        return ending;
    }

    void checkTokens(int[] ids) {
        for (int id : ids) {
            if (id < 0 || id >= limits.vocabSize()) {
                throw PieException.invalid(
                        "token id " + id + " is outside the vocabulary: ids go from 0 to " + (limits.vocabSize() - 1));
            }
        }
    }

    // The loop's side.

    /** Do all that is due. Return the time of the next timer, {@link Long#MAX_VALUE} for none. */
    long turn(long nanos) {
        now = nanos;
        drain(COMMANDS_A_TURN);
        if ((inFlight != null || late != null) && now >= stepDeadline()) {
            timeOut();
        }
        reply();
        long timer = Long.MAX_VALUE;
        while (inFlight == null && late == null && !scheduler.idle() && lost == null) {
            timer = sealAt();
            if (timer <= now) {
                timer = step();
                reply();
            }
            if (timer > now) {
                break;
            }
        }
        if ((inFlight != null || late != null) && lost == null) {
            timer = stepDeadline();
        }
        timer = Math.min(timer, market.refill(now));
        return queue.empty() && !ending ? timer : now;
    }

    private long stepDeadline() {
        return (late == null ? submitted : lateSince) + config.stepTimeout().toNanos();
    }

    private void drain(int most) {
        Runnable next;
        while ((next = queue.nextCompletion()) != null) {
            next.run();
        }
        for (int i = 0; i < most && (next = queue.nextCommand()) != null; i++) {
            next.run();
        }
    }

    /** Return when to seal a step that could begin now: a moment later if somebody is just about to add to it. */
    private long sealAt() {
        long wait = Math.min(LONGEST_WAIT, lastStepNanos / 10);
        if (scheduler.waiting() >= limits.maxRequests() || now >= idleSince + wait || !somebodyExpected()) {
            return now;
        }
        return idleSince + wait;
    }

    private boolean somebodyExpected() {
        while (!recent.isEmpty() && !expected(recent.peek())) {
            recent.poll().recent = false;
        }
        for (EngineContext context : recent) {
            if (expected(context)) {
                return true;
            }
        }
        return false;
    }

    private boolean expected(EngineContext context) {
        return !context.closed() && !context.working() && now - context.lastResult < EXPECTED;
    }

    /** Note that a context got a result, and so may soon have work. */
    void expect(EngineContext context) {
        if (!context.recent) {
            context.recent = true;
            recent.add(context);
        }
    }

    /** Plan and submit a step. Return when to try again if there was nothing to plan. */
    private long step() {
        ForwardBatch batch = batches.peek();
        if (batch == null) {
            return Long.MAX_VALUE;
        }
        long begun = clock.getAsLong();
        boolean any;
        boolean expected = now < shortSince + 2 * EXPECTED && somebodyExpected();
        market.at(now, !expected);
        try {
            any = scheduler.plan(batch);
            if (any) {
                market.sealed(nextStep);
            }
        } finally {
            planned = clock.getAsLong() - begun;
            counters.planNanos += planned;
        }
        shortSince = any ? Long.MAX_VALUE - 2 * EXPECTED : Math.min(shortSince, now);
        if (!any) {
            if (scheduler.refuse()) {
                return now;
            }
            if (store.pool().pinned() > 0) {
                return Long.MAX_VALUE;
            }
            if (expected) {
                return now + EXPECTED;
            }
            failWork(
                    scheduler.first(),
                    new PieException(
                            ErrorCode.OUT_OF_PAGES,
                            "the pages that the pass needs are held by contexts with attention masks: close some of them"));
            return now;
        }
        batches.poll();
        batch.step = nextStep++;
        inFlight = batch;
        submitted = clock.getAsLong();
        counters.lastBatchRows = batch.rows;
        counters.lastBatchRequests = batch.requests;
        store.pin(batch.pageIndices, batch.pageIndptr[batch.requests]);
        scheduler.refuse();
        try {
            driver.submit(batch, this);
        } catch (RuntimeException e) {
            returned(batch, batch.step);
            fault(new DriverFault("submit failed: " + e, false, e));
            return now;
        }
        return Long.MAX_VALUE;
    }

    @Override
    public void done(ForwardBatch batch, ForwardResult result) {
        long step = batch.step;
        completion(() -> settle(batch, step, result));
    }

    @Override
    public void failed(ForwardBatch batch, DriverFault fault) {
        long step = batch.step;
        completion(() -> {
            boolean running = batch == inFlight;
            if (returned(batch, step) && (running || fault.deviceLost())) {
                fault(fault);
            }
        });
    }

    /** Take a batch back from the driver. Return false if it is not there: a result that comes twice. */
    private boolean returned(ForwardBatch batch, long step) {
        if ((batch != inFlight && batch != late) || batch.step != step) {
            return false;
        }
        late = batch == late ? null : late;
        store.unpin(batch.pageIndices, batch.pageIndptr[batch.requests]);
        batches.add(batch);
        return true;
    }

    private void settle(ForwardBatch batch, long step, ForwardResult result) {
        boolean running = batch == inFlight;
        if (!returned(batch, step) || !running) {
            return;
        }
        now = clock.getAsLong();
        lastStepNanos = now - submitted;
        idleSince = now;
        inFlight = null;
        counters.steps++;
        counters.driverNanos += lastStepNanos;
        counters.rowsDecode += scheduler.decodeRows();
        counters.rowsPrefill += scheduler.rows() - scheduler.decodeRows();
        account();
        long begun = now;
        market.settle(lastStepNanos);
        scheduler.settle(result);
        market.publish();
        long settled = clock.getAsLong() - begun;
        counters.planNanos += settled;
        counters.stepPlanNanos[(int) (counters.steps % counters.stepPlanNanos.length)] = planned + settled;
    }

    private void account() {
        for (int i = 0; i < scheduler.requests(); i++) {
            EngineContext context = owner(scheduler.planned(i).kv());
            EngineProcess process = context.process;
            process.waitingNanos += Math.max(0, submitted - context.waitSince);
            context.stepped(scheduler.plannedTo(i));
            process.pagesAt(counters.steps, now);
            process.driverNanos += lastStepNanos * scheduler.plannedRows(i) / Math.max(1, scheduler.rows());
            int again = scheduler.plannedReplay(i);
            process.tokensRecomputed += again;
            if (scheduler.plannedRows(i) > again) {
                context.bidder.ran();
            }
            counters.tokensRecomputed += again;
        }
    }

    private EngineContext owner(KvContext kv) {
        return (EngineContext) Objects.requireNonNull(kv.owner());
    }

    private void fault(DriverFault fault) {
        now = clock.getAsLong();
        idleSince = now;
        inFlight = null;
        counters.stepFailures++;
        PieException cause = new PieException(
                fault.deviceLost() ? ErrorCode.DEVICE_LOST : ErrorCode.DRIVER_FAILURE,
                "the device failed: " + fault.message(),
                Map.of(),
                fault.cause());
        LOG.warn("step failed: {}", fault.message(), fault.cause());
        if (fault.deviceLost()) {
            loseAll(cause);
        }
        market.waive();
        scheduler.fail(cause);
    }

    private void timeOut() {
        if (late != null) {
            fault(new DriverFault("a cancelled step did not end within " + config.stepTimeout(), true, null));
            return;
        }
        ForwardBatch running = inFlight;
        if (running != null) {
            late = running;
            lateSince = now;
            inFlight = null;
            driver.cancel(running.step);
            fault(new DriverFault("a step took more than " + config.stepTimeout(), false, null));
        }
    }

    private void loseAll(PieException cause) {
        lost = cause;
        for (EngineContext context : List.copyOf(contexts)) {
            context.shut(cause);
        }
    }

    /** Fail all work; commands that come later are answered by their callers. */
    void end(PieException cause) {
        try {
            late = inFlight == null ? late : inFlight;
            inFlight = null;
            loseAll(cause);
            scheduler.fail(cause);
            for (EngineProcess process : List.copyOf(processes.values())) {
                settleClosing(process);
            }
            reply();
        } finally {
            ended = true;
            drainAfterEnd();
        }
    }

    /** End a work that never got to the driver. */
    void failWork(Work work, PieException cause) {
        scheduler.fail(work, cause);
    }

    // Processes and contexts.

    void openProcess(EngineProcess process) {
        processes.put(process.id, process);
        market.opened(process);
    }

    @Nullable
    EngineProcess process(ProcessId id) {
        return processes.get(id);
    }

    void checkRoom(EngineProcess process) {
        if (process.contexts.size() >= config.contextsPerProcess()) {
            throw new PieException(
                    ErrorCode.BUDGET_EXHAUSTED,
                    "the process has " + process.contexts.size() + " contexts, the most it may have: close some",
                    Map.of("budget", "contexts", "scope", "process", "limit", config.contextsPerProcess()));
        }
    }

    EngineContext adopt(EngineProcess process, KvContext kv) {
        EngineContext context = new EngineContext(this, process, kv);
        kv.owner(context);
        contexts.add(context);
        process.contexts.add(context);
        return context;
    }

    /** Forget a context that is closed and in no step. */
    void left(EngineContext context) {
        if (!contexts.remove(context)) {
            return;
        }
        EngineProcess process = context.process;
        process.pages(now);
        store.close(context.kv());
        process.contexts.remove(context);
        settleClosing(process);
    }

    void closeProcess(EngineProcess process, CompletableFuture<Void> closing) {
        process.closing = closing;
        PieException cause = new PieException(ErrorCode.CANCELLED, "the process has ended");
        for (EngineContext context : List.copyOf(process.contexts)) {
            context.shut(cause);
        }
        settleClosing(process);
    }

    @SuppressWarnings("NullAway") // the value of a Void future
    private void settleClosing(EngineProcess process) {
        CompletableFuture<Void> closing = process.closing;
        if (closing != null && process.contexts.isEmpty()) {
            processes.remove(process.id);
            market.closed(process);
            replies.add(() -> closing.complete(null));
        }
    }

    List<EngineContext> allContexts() {
        return contexts;
    }

    int contexts() {
        return contexts.size();
    }

    int processes() {
        return processes.size();
    }

    long now() {
        return now;
    }

    long seed(long process, long context, long plan) {
        seedWords[0] = process;
        seedWords[1] = context;
        seedWords[2] = plan;
        seeds.hash(seedWords, 3);
        return seeds.high();
    }

    <T> void answer(Operation<T> operation, T value) {
        replies.add(() -> {
            if (!operation.future.complete(value)) {
                operation.unclaimed(value);
            }
        });
    }

    void fail(Operation<?> operation, PieException cause) {
        replies.add(() -> operation.future.completeExceptionally(cause));
    }

    void later(Runnable reply) {
        replies.add(reply);
    }

    private void reply() {
        for (int i = 0; i < replies.size(); i++) {
            replies.get(i).run();
        }
        replies.clear();
    }
}
