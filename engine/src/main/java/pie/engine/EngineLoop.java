package pie.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import pie.engine.adapter.Adapter;
import pie.engine.adapter.AdapterShelf;
import pie.engine.driver.Driver;
import pie.engine.driver.DriverCapabilities;
import pie.engine.generate.TokenCounts;
import pie.engine.kv.KvContext;
import pie.engine.kv.KvStore;
import pie.engine.kv.SipHash;
import pie.engine.model.LoadedModel;
import pie.engine.schedule.Scheduler;
import pie.engine.snapshot.SnapshotStore;

/** Own all state of one model and change it on one thread, turn by turn. */
final class EngineLoop {
    private static final int COMMANDS_A_TURN = 1024;
    /** What a page copied back from host memory costs, in millionths of one computed again. */
    private static final int COPIED_BACK_PPM = 200_000;

    private static final long SWEEP_NANOS = 20_000_000;

    final LoadedModel model;
    /** The device that is there, or was before it was lost; another thread may ask its state. */
    volatile Driver driver;

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
    final ProcessTable processes = new ProcessTable();
    private final List<EngineContext> contexts = new ArrayList<>();
    private final ArrayList<Runnable> replies = new ArrayList<>();

    private volatile boolean ending;
    private volatile boolean ended;
    private volatile @Nullable PieException lost;
    private long now;

    final LoopCounters counters = new LoopCounters();
    final LoopBoard board = new LoopBoard();
    /** Processes whose boards are to be written again. */
    private final ArrayList<EngineProcess> touched = new ArrayList<>();

    private long lastSweep = Long.MIN_VALUE;
    private long sweptSteps;
    final Expected expected = new Expected();
    final SnapshotDesk snapshots;
    final HostCopies hostCopies;
    final AdapterSlots adapters;
    final AdapterShelf shelf;
    final MarketReport report;
    private Runnable onLoss = () -> {};
    private final StepPipeline pipeline;

    final MaskWaits maskWaits = new MaskWaits();

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
        int hostPages = config.hostPages(driver.ownMemory(), limits);
        store = new KvStore(
                limits.totalPages(),
                limits.pageSize(),
                secret0,
                secret1,
                publishedSalt.high(),
                publishedSalt.low(),
                hostPages);
        market = new EngineMarket(
                hostPages > 0 ? config.market().withMakeAgainPpm(COPIED_BACK_PPM) : config.market(),
                store,
                contexts,
                board);
        adapters = new AdapterSlots(this);
        shelf = new AdapterShelf(model.name(), model.config(), limits.maxAdapters(), limits.maxAdapterRank());
        scheduler = new Scheduler(
                store,
                limits,
                config.prefillChunk(),
                config.itlTarget().toNanos(),
                config.speculation() == Speculation.ALWAYS,
                adapters,
                market);
        counts = new TokenCounts(limits.vocabSize());
        maxContext = limits.maxContext();
        if (limits.maxTokens() < 2 * limits.pageSize()) {
            throw PieException.invalid("the driver takes " + limits.maxTokens()
                    + " tokens a step: it must take at least two pages, " + 2 * limits.pageSize());
        }
        hostCopies = new HostCopies(this);
        report = new MarketReport(this);
        scheduler.restorer(hostCopies);
        seeds = new SipHash(0x7069652e73656564L, 0x706c616e2e736565L);
        pipeline = new StepPipeline(this, clock);
        show();
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

    /** Return an adapter that the driver takes. @throws PieException UNSUPPORTED if it takes none */
    Optional<Adapter> checked(Optional<Adapter> adapter) {
        if (adapter.isPresent() && limits.maxAdapters() == 0) {
            throw new PieException(
                    ErrorCode.UNSUPPORTED, "the driver of model '" + model.name() + "' takes no adapters");
        }
        return adapter.filter(a -> !a.numbers().targets().isEmpty());
    }

    void checkMask(long @Nullable [] mask) {
        if (mask != null && mask.length < (limits.vocabSize() + Long.SIZE - 1) / Long.SIZE) {
            throw PieException.invalid("the logit mask has " + (long) mask.length * Long.SIZE
                    + " bits: the vocabulary has " + limits.vocabSize() + " tokens");
        }
    }

    // The loop's side.

    /** Do all that is due. Return the time of the next timer, {@link Long#MAX_VALUE} for none. */
    long turn(long nanos) {
        now = nanos;
        drain(COMMANDS_A_TURN);
        if (lost == null) {
            pipeline.expire(now);
        }
        processes.check(now);
        reply();
        long timer = Math.min(lost == null ? pipeline.advance(now) : Long.MAX_VALUE, market.refill(now));
        timer = Math.min(timer, processes.account(now));
        hostCopies.spill();
        show();
        return queue.empty() && !ending ? timer : now;
    }

    /** Serve again, with a driver that is as the lost one was and in whose pages is nothing yet. */
    void serve(Driver opened) {
        driver = opened;
        adapters.clear();
        pipeline.renew();
        store.clearRetained();
        lost = null;
    }

    /** Put up for others what has changed. Bids and dividends of those that had no part in it follow a moment later. */
    private void show() {
        if (counters.steps != sweptSteps && now - lastSweep >= SWEEP_NANOS) {
            lastSweep = now;
            sweptSteps = counters.steps;
            for (int i = 0; i < contexts.size(); i++) {
                touch(contexts.get(i).process);
            }
        }
        board.show(this, pipeline.begun());
        for (int i = 0; i < touched.size(); i++) {
            EngineProcess process = touched.get(i);
            process.touched = false;
            process.board.show(process, market, now);
        }
        touched.clear();
    }

    /** Have the board of a process written again. */
    void touch(EngineProcess process) {
        if (!process.touched) {
            process.touched = true;
            touched.add(process);
        }
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

    /** Note that a context got a result, and so may soon have work. */
    void expect(EngineContext context) {
        expected.add(context);
    }

    boolean lost() {
        return lost != null;
    }

    /** Look at the clock. */
    long tick() {
        now = clock.getAsLong();
        return now;
    }

    /** Set what is to be done, once each time, when the device is lost. */
    void onLoss(Runnable then) {
        onLoss = then;
    }

    /** The device is lost: end all that was on it. */
    void lose(PieException cause) {
        boolean first = lost == null;
        loseAll(cause);
        if (first) {
            onLoss.run();
        }
    }

    /** Note that pages or adapters have come, so that works wait for them no more. */
    void moved() {
        pipeline.reconsider();
    }

    void loseAll(PieException cause) {
        lost = cause;
        for (EngineContext context : List.copyOf(contexts)) {
            context.shut(cause);
            context.leave();
        }
        for (EngineProcess process : processes.all()) {
            process.lost = cause;
        }
    }

    /** Fail all work; commands that come later are answered by their callers. */
    void end(PieException cause) {
        try {
            PieException why = lost == null ? cause : lost;
            loseAll(why);
            pipeline.giveUp(why);
            for (EngineProcess process : processes.all()) {
                settleClosing(process);
            }
            reply();
        } finally {
            ended = true;
            drainAfterEnd();
        }
    }

    // Processes and contexts.

    void openProcess(EngineProcess process) {
        processes.add(process);
        market.opened(process);
        touch(process);
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
        touch(process);
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
        touch(process);
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
            processes.remove(process);
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

    /** Give out what has been answered, once it can be read from the boards. */
    void reply() {
        if (!replies.isEmpty()) {
            show();
        }
        for (int i = 0; i < replies.size(); i++) {
            replies.get(i).run();
        }
        replies.clear();
    }
}
