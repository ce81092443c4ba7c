package pie.engine;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import pie.engine.adapter.AdapterShelf;
import pie.engine.driver.DeviceStatus;
import pie.engine.driver.Driver;
import pie.engine.driver.DriverCapabilities;
import pie.engine.grammar.GrammarCache;
import pie.engine.kv.PagePool;
import pie.engine.kv.SipHash;
import pie.engine.market.Explanation;
import pie.engine.market.Fixed;
import pie.engine.market.Wallet;
import pie.engine.model.LoadedModel;
import pie.engine.process.Budget;
import pie.engine.process.OwnerId;
import pie.engine.process.ProcessId;
import pie.engine.process.ProcessTotals;
import pie.engine.snapshot.SnapshotArchive;
import pie.engine.snapshot.SnapshotInfo;
import pie.engine.snapshot.SnapshotKey;
import pie.engine.snapshot.SnapshotStore;
import pie.engine.trace.Timeline;

/** Own the loop of one model: pages, contexts and schedule, and the one bounded queue of commands that leads to them. */
public final class Engine implements AutoCloseable {
    private final LoadedModel model;
    private final EngineConfig config;
    private final EngineGrammars grammars;
    private final long secret0;
    private final long secret1;
    private final Map<ProcessId, EngineProcess> accounts = new ConcurrentHashMap<>();
    private final Optional<IntFunction<Driver>> opener;
    private final EngineLoop loop;
    private final @Nullable LoopThread thread;
    private @Nullable DriverReopening reopening;
    private boolean closed;

    private Engine(
            LoadedModel model,
            Driver driver,
            EngineConfig config,
            LongSupplier clock,
            long secret0,
            long secret1,
            Optional<SnapshotStore> snapshots,
            boolean threaded,
            Optional<Executor> masks,
            Optional<IntFunction<Driver>> opener) {
        this.model = model;
        this.config = config;
        this.secret0 = secret0;
        this.secret1 = secret1;
        this.opener = opener;
        grammars = new EngineGrammars(model, threaded);
        CommandQueue queue = new CommandQueue(config.commandQueue(), threaded ? CommandQueue.PATIENCE : 0);
        loop = new EngineLoop(
                model,
                driver,
                config,
                clock,
                queue,
                secret0,
                secret1,
                salt(driver.capabilities(), "published", ""),
                snapshots,
                masks.orElseGet(grammars::masks));
        loop.onLoss(this::reopen);
        thread = threaded ? new LoopThread(loop, queue) : null;
    }

    /** The device is gone: open it again, if somebody said how. */
    private synchronized void reopen() {
        if (!closed && opener.isPresent()) {
            reopening = new DriverReopening(model.name(), loop.driver, opener.get(), this::serve);
        }
    }

    /** Go on with a driver in place of the lost one. */
    void serve(Driver next) {
        loop.completion(() -> loop.serve(next));
    }

    /** Start the loop of a model; the engine closes the driver. */
    public static Engine start(LoadedModel model, Driver driver, EngineConfig config) {
        return start(model, driver, config, Optional.empty());
    }

    /** Start the loop of a model that keeps snapshots; the store is the caller's to close, after the engine. */
    public static Engine start(
            LoadedModel model, Driver driver, EngineConfig config, Optional<SnapshotStore> snapshots) {
        return start(model, driver, config, snapshots, Optional.empty());
    }

    /**
     * Start the loop of a model that keeps snapshots; the store is the caller's to close, after the engine.
     *
     * @param opener opens the driver again, with so many pages, when its device was lost; empty: the engine is of no more use then
     */
    public static Engine start(
            LoadedModel model,
            Driver driver,
            EngineConfig config,
            Optional<SnapshotStore> snapshots,
            Optional<IntFunction<Driver>> opener) {
        SecureRandom random = new SecureRandom();
        long[] secret = snapshots.map(store -> store.archive().secret()).orElseGet(() ->
                new long[] {random.nextLong(), random.nextLong()});
        return new Engine(
                model,
                driver,
                config,
                System::nanoTime,
                secret[0],
                secret[1],
                snapshots,
                true,
                Optional.empty(),
                opener);
    }

    /** Make an engine without a thread: the caller turns {@link #loop}, and must not ask what waits for an answer. */
    static Engine still(
            LoadedModel model,
            Driver driver,
            EngineConfig config,
            LongSupplier clock,
            long secret,
            Optional<SnapshotStore> snapshots,
            Executor masks) {
        return new Engine(
                model, driver, config, clock, secret, ~secret, snapshots, false, Optional.of(masks), Optional.empty());
    }

    EngineLoop loop() {
        return loop;
    }

    public LoadedModel model() {
        return model;
    }

    /** Return the grammars of the model's vocabulary; made when first asked for. */
    public GrammarCache grammars() {
        return grammars.cache();
    }

    /** Return the adapters of the model, by owner and name. */
    public AdapterShelf adapters() {
        return loop.shelf;
    }

    public DriverCapabilities capabilities() {
        return loop.limits;
    }

    /**
     * Make a process known, so that it can have contexts.
     *
     * @param seed of everything random in the process that names no seed of its own
     * @throws PieException ALREADY_EXISTS
     */
    public void openProcess(ProcessId id, OwnerId owner, Budget budget, long seed) {
        openProcess(id, owner, budget, seed, OptionalDouble.empty());
    }

    /**
     * Make a process known, so that it can have contexts.
     *
     * @param seed of everything random in the process that names no seed of its own
     * @param bid credits a page and tick that its contexts bid unless told otherwise, empty for what its wallet allows
     * @throws PieException ALREADY_EXISTS, INVALID_ARGUMENT for a bid out of range
     */
    public void openProcess(ProcessId id, OwnerId owner, Budget budget, long seed, OptionalDouble bid) {
        join(open(id, owner, budget, seed, bid, Optional.empty()));
    }

    /**
     * Make the child of a process known. What it uses counts for the parent too; a token budget of its own is taken from what the
     * parent has left, and what remains of it returns when the child and its own children are closed.
     *
     * @param parent an open process; one that has been closed meanwhile counts for nothing
     * @throws PieException ALREADY_EXISTS, INVALID_ARGUMENT for a bid out of range, BUDGET_EXHAUSTED for a child too many or more
     *     tokens than the parent has left
     */
    public void openChild(ProcessId id, OwnerId owner, Budget budget, long seed, OptionalDouble bid, ProcessId parent) {
        join(open(id, owner, budget, seed, bid, Optional.of(parent)));
    }

    /** Limit what all processes of an owner may use together; times of {@code budget} are not looked at. */
    public void limit(OwnerId owner, Budget budget) {
        join(ask(reply -> {
            loop.processes.limit(owner, budget);
            loop.later(() -> reply.complete(true));
        }));
    }

    CompletableFuture<Boolean> open(
            ProcessId id, OwnerId owner, Budget budget, long seed, OptionalDouble bid, Optional<ProcessId> parent) {
        SipHash salt = salt(loop.limits, "owner", owner.value());
        long fixedBid = bid.isPresent() ? Fixed.bid(bid.getAsDouble()) : -1;
        return ask(reply -> {
            if (loop.processes.get(id) != null) {
                throw new PieException(ErrorCode.ALREADY_EXISTS, "process " + id + " is open already");
            }
            Allowance allowance = loop.processes.allowance(owner, budget, parent);
            Wallet wallet = loop.market.ledger().open(owner.value(), 1);
            EngineProcess process = new EngineProcess(
                    id, salt.high(), salt.low(), allowance, seed, owner.value(), wallet, fixedBid, loop.store);
            loop.openProcess(process);
            accounts.put(id, process);
            loop.later(() -> reply.complete(true));
        });
    }

    /** Close all contexts of a process; completes when its pages are back, at once for an unknown process. */
    @SuppressWarnings("NullAway") // the value of a Void future
    public CompletableFuture<Void> closeProcess(ProcessId id) {
        CompletableFuture<Void> closing = new CompletableFuture<>();
        loop.completion(() -> {
            EngineProcess process = loop.processes.get(id);
            if (process == null) {
                closing.complete(null);
            } else {
                accounts.remove(id);
                loop.closeProcess(process, closing);
            }
        });
        return closing;
    }

    /** @throws PieException NOT_FOUND for an unknown process */
    public ProcessTotals totals(ProcessId id) {
        return join(ask(reply -> {
            EngineProcess process = known(id);
            ProcessTotals totals = process.totals(loop.now(), loop.report.totals(process));
            loop.later(() -> reply.complete(totals));
        }));
    }

    /**
     * Write the operations, steps and pages of an open process into a timeline from now on.
     *
     * @throws PieException NOT_FOUND for an unknown process
     */
    public void record(ProcessId id, Timeline timeline) {
        join(ask(reply -> {
            known(id).record(timeline);
            loop.later(() -> reply.complete(true));
        }));
    }

    /** Return what a process has used as far as the loop has put it up, empty for an unknown one. Never waits. */
    public Optional<ProcessTotals> glance(ProcessId id) {
        return Optional.ofNullable(accounts.get(id)).map(p -> p.board.read(p, loop.market));
    }

    /** Return what the device says of itself. Never waits. */
    public DeviceStatus device() {
        return loop.lost() ? new DeviceStatus(0, 0, Double.NaN) : loop.driver.status();
    }

    /** Return what the engine does and holds as far as the loop has put it up. Never waits. */
    public EngineFigures figures() {
        return loop.board.read(loop.queueDepth());
    }

    /** Say why a process waits or runs slowly. @throws PieException NOT_FOUND for an unknown process */
    public Explanation explain(ProcessId id) {
        return join(explanation(id));
    }

    /** Say why a process waits or runs slowly; fails with NOT_FOUND for an unknown process. */
    public CompletableFuture<Explanation> explanation(ProcessId id) {
        return ask(reply -> {
            Explanation explanation = loop.report.explain(known(id));
            loop.later(() -> reply.complete(explanation));
        });
    }

    /** Return the credits of a process as of the last tick, 0 for an unknown one. Never waits. */
    public double balance(ProcessId id) {
        EngineProcess process = accounts.get(id);
        return process == null ? 0 : Fixed.credits(process.balance.getAcquire());
    }

    /** Return the credits that the last tick paid a process, 0 for an unknown one. Never waits. */
    public double dividend(ProcessId id) {
        EngineProcess process = accounts.get(id);
        return process == null ? 0 : Fixed.credits(process.dividend.getAcquire());
    }

    /**
     * Make an empty context.
     *
     * @throws PieException BUDGET_EXHAUSTED above the contexts of a process, NOT_FOUND for an unknown process
     */
    public ContextHandle createContext(ProcessId owner, boolean prefixCache) {
        return join(create(owner, prefixCache));
    }

    CompletableFuture<ContextHandle> create(ProcessId owner, boolean prefixCache) {
        return ask(reply -> {
            EngineProcess process = alive(owner);
            loop.checkRoom(process);
            EngineContext context =
                    loop.adopt(process, loop.store.create(process.saltHigh, process.saltLow, prefixCache));
            loop.later(() -> reply.complete(context.handle));
        });
    }

    /**
     * Make a context of a snapshot of the process's owner, and remove that if {@code take}.
     *
     * <p>Fails with NOT_FOUND if there is none for these weights, UNSUPPORTED without a store, BUDGET_EXHAUSTED above the contexts of
     * a process.
     */
    public CompletableFuture<ContextHandle> openContext(ProcessId owner, String name, boolean take) {
        return ask(reply -> new SnapshotOpening(loop, alive(owner), name, take, reply).begin());
    }

    /** Return the snapshots of an owner on this model whose names begin with a prefix, by name. */
    public CompletableFuture<List<SnapshotInfo>> snapshots(OwnerId owner, String prefix) {
        return onFiles(archive -> archive.list(owner, Optional.of(model.name()), prefix));
    }

    /** Return what is known of a snapshot; NOT_FOUND if there is none. */
    public CompletableFuture<SnapshotInfo> snapshot(OwnerId owner, String name) {
        SnapshotKey key = new SnapshotKey(owner, model.name(), name);
        return onFiles(archive -> archive.info(key));
    }

    /** Remove a snapshot, durably; NOT_FOUND if there is none. */
    @SuppressWarnings("NullAway") // the value of a Void future
    public CompletableFuture<Void> deleteSnapshot(OwnerId owner, String name) {
        SnapshotKey key = new SnapshotKey(owner, model.name(), name);
        return onFiles(archive -> {
            archive.delete(key);
            return null;
        });
    }

    private <T> CompletableFuture<T> onFiles(Function<SnapshotArchive, T> question) {
        SnapshotStore store = loop.snapshots.store();
        CompletableFuture<T> reply = new CompletableFuture<>();
        store.run(() -> {
            try {
                reply.complete(question.apply(store.archive()));
            } catch (RuntimeException e) {
                reply.completeExceptionally(e);
            }
        });
        return reply;
    }

    public EngineStats stats() {
        CompletableFuture<EngineStats> reply = new CompletableFuture<>();
        loop.completion(() -> reply.complete(count()));
        return reply.join();
    }

    /** Return how long the loop took to plan and settle each of its last steps, at most 4,095 of them, in no order; nanoseconds. */
    public long[] planNanos() {
        return join(ask(reply -> {
            long[] ring = loop.counters.stepPlanNanos;
            int n = (int) Math.min(loop.counters.steps, ring.length - 1);
            long[] last = new long[n];
            for (int i = 0; i < n; i++) {
                last[i] = ring[(int) ((loop.counters.steps - i) % ring.length)];
            }
            loop.later(() -> reply.complete(last));
        }));
    }

    /**
     * Check the laws of pages and contexts.
     *
     * @throws PieException INTERNAL naming the breach
     */
    public void checkIntegrity() {
        CompletableFuture<Boolean> reply = new CompletableFuture<>();
        loop.completion(() -> {
            try {
                loop.store.checkIntegrity();
                loop.market.ledger().checkIntegrity();
                reply.complete(true);
            } catch (PieException e) {
                reply.completeExceptionally(e);
            }
        });
        join(reply);
    }

    /** Say whether tokens are drafted for generations that ask for it. */
    public boolean speculates() {
        return config.speculation() != Speculation.OFF;
    }

    /** End all work with CANCELLED, stop the loop and close the driver. */
    @Override
    public void close() {
        DriverReopening under;
        synchronized (this) {
            closed = true;
            under = reopening;
        }
        if (under != null) {
            under.stop();
        }
        if (thread != null) {
            thread.close();
        }
        loop.driver.close();
        loop.hostCopies.close();
        grammars.close();
    }

    EngineStats count() {
        LoopCounters c = loop.counters;
        PagePool pool = loop.store.pool();
        return new EngineStats(
                c.steps,
                c.stepFailures,
                c.rowsPrefill,
                c.rowsDecode,
                c.rowsOverrun,
                c.tokensGenerated,
                c.tokensReused,
                c.tokensRecomputed,
                c.tokensDrafted,
                c.tokensAccepted,
                c.tokensForced,
                pool.total(),
                pool.free(),
                pool.working(),
                pool.committed(),
                pool.retained(),
                loop.hostCopies.stats(),
                loop.contexts(),
                loop.processes.size(),
                loop.queueDepth(),
                c.lastBatchRows,
                c.lastBatchRequests,
                c.driverNanos,
                c.planNanos,
                loop.market.stats());
    }

    private EngineProcess known(ProcessId id) {
        EngineProcess process = loop.processes.get(id);
        if (process == null || process.closing != null) {
            throw new PieException(ErrorCode.NOT_FOUND, "process " + id + " is not open");
        }
        return process;
    }

    /** @throws PieException NOT_FOUND for an unknown process, DEVICE_LOST for one of a device that is gone */
    private EngineProcess alive(ProcessId id) {
        EngineProcess process = known(id);
        if (process.lost != null) {
            throw process.lost;
        }
        return process;
    }

    private SipHash salt(DriverCapabilities device, String kind, String name) {
        byte[] bytes = (device.modelFingerprint() + '/' + kind + '/' + name).getBytes(StandardCharsets.UTF_8);
        long[] words = new long[bytes.length / 8 + 2];
        words[0] = bytes.length;
        for (int i = 0; i < bytes.length; i++) {
            words[1 + i / 8] |= (bytes[i] & 0xffL) << (i % 8 * 8);
        }
        SipHash hash = new SipHash(secret0, secret1);
        hash.hash(words, words.length);
        return hash;
    }

    private interface Question<T> {
        /** Answer on the loop's thread, now or later. */
        void put(CompletableFuture<T> reply);
    }

    private <T> CompletableFuture<T> ask(Question<T> question) {
        CompletableFuture<T> reply = new CompletableFuture<>();
        loop.command(
                () -> {
                    try {
                        question.put(reply);
                    } catch (PieException e) {
                        reply.completeExceptionally(e);
                    }
                },
                reply);
        return reply;
    }

    private static <T> T join(CompletableFuture<T> reply) {
        try {
            return reply.join();
        } catch (java.util.concurrent.CompletionException e) {
            if (e.getCause() instanceof PieException cause) {
                throw new PieException(cause.code(), cause.message(), cause.details(), cause);
            }
            throw e;
        }
    }
}
