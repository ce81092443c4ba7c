package pie.engine;

import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import pie.engine.driver.Driver;
import pie.engine.kv.KvContext;
import pie.engine.kv.KvStore;
import pie.engine.model.LoadedModel;
import pie.engine.process.Budget;
import pie.engine.process.MarketTotals;
import pie.engine.process.OwnerId;
import pie.engine.process.ProcessId;
import pie.engine.process.ProcessTotals;
import pie.engine.schedule.Work;

/** Give a simulation the engine without its thread: commands that do not wait, turns, and a look inside between turns. */
public final class SimulatedEngine {
    private final Engine engine;
    private final EngineLoop loop;

    public SimulatedEngine(LoadedModel model, Driver driver, EngineConfig config, LongSupplier clock, long secret) {
        engine = Engine.still(model, driver, config, clock, secret);
        loop = engine.loop();
    }

    /** Return the time of the next timer. */
    public long turn(long nanos) {
        return loop.turn(nanos);
    }

    public CompletableFuture<Boolean> open(ProcessId id, OwnerId owner, Budget budget, long seed, OptionalDouble bid) {
        return engine.open(id, owner, budget, seed, bid);
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
    }

    public KvStore store() {
        return loop.store;
    }

    public EngineStats stats() {
        return engine.count();
    }

    /** Return what a process used, null for one that has ended. */
    public @Nullable ProcessTotals totals(ProcessId id) {
        EngineProcess process = loop.process(id);
        return process == null ? null : process.totals(loop.now(), MarketTotals.NONE);
    }

    /** Return the tokens set aside for rows of a process that are under way. */
    public long tokensReserved(ProcessId id) {
        EngineProcess process = loop.process(id);
        return process == null ? 0 : process.tokensReserved();
    }

    /** Say whether a context of a process has rows waiting or with the device. */
    public boolean working(ProcessId id) {
        EngineProcess process = loop.process(id);
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
