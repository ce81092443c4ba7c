package pie.engine;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import pie.engine.adapter.AdapterShelf;
import pie.engine.driver.Driver;
import pie.engine.grammar.GrammarCache;
import pie.engine.kv.KvContext;
import pie.engine.kv.KvStore;
import pie.engine.market.Bidder;
import pie.engine.market.Explanation;
import pie.engine.market.Ledger;
import pie.engine.market.Market;
import pie.engine.model.LoadedModel;
import pie.engine.process.Budget;
import pie.engine.process.MarketTotals;
import pie.engine.process.OwnerId;
import pie.engine.process.ProcessId;
import pie.engine.process.ProcessTotals;
import pie.engine.schedule.Work;
import pie.engine.snapshot.SnapshotStore;

/** Give a simulation the engine without its thread: commands that do not wait, turns, and a look inside between turns. */
public final class SimulatedEngine {
    private final Engine engine;
    private final EngineLoop loop;

    /** @param masks builds masks, at once or later, on the simulation's thread */
    public SimulatedEngine(
            LoadedModel model,
            Driver driver,
            EngineConfig config,
            LongSupplier clock,
            long secret,
            Optional<SnapshotStore> snapshots,
            Executor masks) {
        engine = Engine.still(model, driver, config, clock, secret, snapshots, masks);
        loop = engine.loop();
    }

    public GrammarCache grammars() {
        return engine.grammars();
    }

    public AdapterShelf adapters() {
        return engine.adapters();
    }

    public CompletableFuture<ContextHandle> openSnapshot(ProcessId owner, String name, boolean take) {
        return engine.openContext(owner, name, take);
    }

    public CompletableFuture<Void> deleteSnapshot(OwnerId owner, String name) {
        return engine.deleteSnapshot(owner, name);
    }

    /** Take the pages of all contexts that are in no step, as the market might. */
    public void displaceAll() {
        for (EngineContext context : loop.allContexts()) {
            if (context.kv().held() > 0 && !context.kv().inSteps()) {
                context.bidder.lost();
                context.process.pages(loop.now());
                loop.store.evict(context.kv());
            }
        }
    }

    /** Have someone look at each auction, just after it was decided. */
    public void audit(Consumer<Market> look) {
        loop.market.audit(look);
    }

    /** Set what is to be done when the device is lost. */
    public void onLoss(Runnable then) {
        loop.onLoss(then);
    }

    /** Go on with a driver in place of the lost one. */
    public void serve(Driver next) {
        engine.serve(next);
    }

    public Ledger ledger() {
        return loop.market.ledger();
    }

    /** Return the page-seconds of all open processes, by their own accounts as of now. */
    public double pageSeconds(ProcessId id) {
        EngineProcess process = loop.processes.get(id);
        return process == null ? 0 : process.allowance.pageSecondsUsed();
    }

    /** Return the pages that count against the budget of a process. */
    public int countedPages(ProcessId id) {
        EngineProcess process = loop.processes.get(id);
        return process == null ? 0 : process.pagesOfContexts();
    }

    public CompletableFuture<Explanation> explanation(ProcessId id) {
        return engine.explanation(id);
    }

    /** Say whether a context holds pages and has no work. */
    public boolean idleHolders() {
        return loop.allContexts().stream()
                .anyMatch(context -> !context.working() && context.kv().held() > 0);
    }

    /** Return how many contexts wait for a mask. */
    public int maskWaits() {
        return loop.maskWaits.size();
    }

    /** Return how long the device worked for a process. */
    public long driverNanos(ProcessId id) {
        EngineProcess process = loop.processes.get(id);
        return process == null ? 0 : process.driverNanos;
    }

    /** Return the process of a bidder's context, and the context. */
    public KvContext context(Bidder bidder) {
        return ((EngineContext) bidder.subject()).kv();
    }

    /** Return how long the longest step took. */
    public long longestStep() {
        return loop.market.longestStep;
    }

    /** Return the time of the next timer. */
    public long turn(long nanos) {
        return loop.turn(nanos);
    }

    public CompletableFuture<Boolean> open(ProcessId id, OwnerId owner, Budget budget, long seed, OptionalDouble bid) {
        return engine.open(id, owner, budget, seed, bid, Optional.empty());
    }

    public CompletableFuture<ContextHandle> create(ProcessId owner, boolean prefixCache) {
        return engine.create(owner, prefixCache);
    }

    public CompletableFuture<Void> closeProcess(ProcessId id) {
        return engine.closeProcess(id);
    }

    /** Fail all that is left, as the end of the engine does. */
    public void end() {
        loop.end(new PieException(ErrorCode.CANCELLED, "the engine was closed"));
        loop.hostCopies.close();
    }

    public KvStore store() {
        return loop.store;
    }

    public EngineStats stats() {
        return engine.count();
    }

    /** Return what a process used, null for one that has ended. */
    public @Nullable ProcessTotals totals(ProcessId id) {
        EngineProcess process = loop.processes.get(id);
        return process == null ? null : process.totals(loop.now(), MarketTotals.NONE);
    }

    /** Return the tokens set aside for rows of a process that are under way. */
    public long tokensReserved(ProcessId id) {
        EngineProcess process = loop.processes.get(id);
        return process == null ? 0 : process.allowance.tokensReserved();
    }

    /** Say whether a context of a process has rows waiting or with the device. */
    public boolean working(ProcessId id) {
        EngineProcess process = loop.processes.get(id);
        return process != null && process.contexts.stream().anyMatch(EngineContext::working);
    }

    /** Say whether the loop has dealt with all that came in; what came in during a turn waits for the next one. */
    public boolean quiet() {
        return loop.quiet();
    }

    public boolean hasWork() {
        return !loop.scheduler.idle();
    }

    /** Return the row after the last that a context wants computed, -1 if it wants none. */
    public int target(KvContext kv) {
        Work work = kv.owner() instanceof EngineContext context ? context.work() : null;
        return work == null ? -1 : work.target();
    }

    /** Return the process of a context. */
    public ProcessId process(KvContext kv) {
        return ((EngineContext) java.util.Objects.requireNonNull(kv.owner())).process.id;
    }

    public List<KvContext> contexts() {
        return loop.store.contexts();
    }
}
