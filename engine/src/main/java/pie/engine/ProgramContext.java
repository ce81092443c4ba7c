package pie.engine;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import pie.engine.generate.Generation;
import pie.engine.generate.PassResult;
import pie.engine.generate.PassSpec;
import pie.engine.generate.PlanSpec;
import pie.engine.kv.ContextId;
import pie.engine.market.Fixed;
import pie.engine.snapshot.SnapshotInfo;
import pie.engine.trace.Timeline;

/** Be the handle that programs have of a context: turn their calls into operations for the loop. */
final class ProgramContext implements ContextHandle {
    private final EngineLoop loop;
    private final EngineContext context;
    private final ContextView view;
    private final OperationLine line;
    private final AtomicLong plans = new AtomicLong();

    ProgramContext(EngineContext context) {
        this.context = context;
        loop = context.loop;
        view = context.view;
        line = context.line;
    }

    @Override
    public ContextId id() {
        return context.kv().id();
    }

    @Override
    public int written() {
        return view.written();
    }

    @Override
    public int committedPages() {
        return view.committedPages();
    }

    @Override
    public int workingPages() {
        return view.workingPages();
    }

    @Override
    public int workingTokens() {
        return view.workingTokens();
    }

    @Override
    public int[] pending() {
        return view.pending();
    }

    @Override
    public int pendingCount() {
        return view.pendingCount();
    }

    @Override
    public int[] tokens() {
        return view.tail(Integer.MAX_VALUE);
    }

    @Override
    public int[] tail(int n) {
        return view.tail(n);
    }

    @Override
    public void append(int[] ids) {
        loop.checkTokens(ids);
        int[] copy = ids.clone();
        synchronized (this) {
            view.append(copy);
            try {
                line.submit(ContextOperations.append(context, copy));
            } catch (PieException e) {
                view.withdraw(copy.length);
                throw e;
            }
        }
    }

    @Override
    public CompletableFuture<Void> truncate(int n) {
        return line.submit(ContextOperations.truncate(context, n));
    }

    @Override
    public CompletableFuture<PassResult> execute(PassSpec spec) {
        return line.ask("forward", new PassOperation(context, PassPlan.of(spec, loop), plans.getAndIncrement()));
    }

    @Override
    public Generation generate(PlanSpec spec) {
        Timeline timeline = context.process.timeline;
        if (timeline != null) {
            timeline.used(context.kv().id().value());
        }
        EngineGeneration generation = new EngineGeneration(context, PlanCode.of(spec, loop), plans.getAndIncrement());
        line.submit(generation.begin());
        return new ProgramGeneration(context, generation);
    }

    @Override
    public CompletableFuture<ContextHandle> fork() {
        return line.ask("fork", new ForkOperation(context));
    }

    @Override
    public CompletableFuture<Void> suspend() {
        return line.submit(ContextOperations.suspend(context));
    }

    @Override
    public CompletableFuture<Void> reserveWorkingPages(int n) {
        return line.submit(ContextOperations.reserve(context, n));
    }

    @Override
    public CompletableFuture<Void> commitWorkingPages(int k) {
        return line.submit(ContextOperations.commit(context, k));
    }

    @Override
    public CompletableFuture<Void> releaseWorkingPages(int n) {
        return line.submit(ContextOperations.release(context, n));
    }

    @Override
    public CompletableFuture<Void> truncateWorkingPageTokens(int n) {
        return line.submit(ContextOperations.truncateWorking(context, n));
    }

    @Override
    public CompletableFuture<SnapshotInfo> save(String name, boolean overwrite, Optional<Duration> ttl) {
        return line.submit(new SaveOperation(context, name, overwrite, ttl));
    }

    @Override
    public CompletableFuture<Void> dropPrefix(int n, int sink) {
        return line.submit(ContextOperations.dropPrefix(context, n, sink));
    }

    @Override
    public CompletableFuture<Void> setWindow(int w, int sink) {
        return line.submit(ContextOperations.window(context, w, sink));
    }

    @Override
    public CompletableFuture<Void> publish() {
        return line.submit(ContextOperations.publish(context));
    }

    @Override
    public void setBid(OptionalDouble bid, boolean hold) {
        long value = bid.isPresent() ? Fixed.bid(bid.getAsDouble()) : -1;
        at(() -> {
            if (value < 0) {
                context.bidder.unset();
            } else {
                context.bidder.set(value, hold);
            }
        });
    }

    @Override
    public void idle(boolean open) {
        at(() -> context.bidder.idle(open));
    }

    @Override
    public double price() {
        return Fixed.price(loop.market.price.getAcquire());
    }

    @Override
    public double stepSeconds() {
        return loop.market.stepNanos.getAcquire() / 1e9;
    }

    @Override
    public void close() {
        loop.completion(() -> context.shut(new PieException(ErrorCode.CANCELLED, "the context was closed")));
    }

    /** Change the context's bid on the loop, at once: also while an operation of it waits. */
    private void at(Runnable change) {
        loop.command(change, new CompletableFuture<>());
    }
}
