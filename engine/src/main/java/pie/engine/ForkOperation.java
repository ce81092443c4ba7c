package pie.engine;

import org.jspecify.annotations.Nullable;
import pie.engine.driver.CopyList;
import pie.engine.driver.CopySink;
import pie.engine.driver.DriverFault;
import pie.engine.kv.KvStore;

/** Copy a context; its private pages are copied on the device. */
final class ForkOperation extends Operation<ContextHandle> implements CopySink {
    private final EngineContext context;
    private @Nullable EngineContext copy;

    ForkOperation(EngineContext context) {
        this.context = context;
    }

    @Override
    void start() {
        context.settleGeneration();
        EngineLoop loop = context.loop;
        loop.checkRoom(context.process);
        context.checkCopy();
        KvStore.Fork fork = loop.store.fork(context.kv());
        EngineContext made = loop.adopt(context.process, fork.context());
        made.bidder.inherit(context.bidder);
        StepTrace trace = context.process.trace;
        if (trace != null && fork.copies().from().length > 0) {
            int tokens = context.kv().written() - context.kv().committedPages() * loop.store.pageSize();
            trace.forked(context, tokens, fork.copies().from().length);
        }
        loop.market.ledger().make(context.process.wallet, fork.copies().from().length);
        copy = made;
        if (fork.copies().from().length == 0) {
            context.line.answer(this, made.handle);
            return;
        }
        CopyList copies = fork.copies();
        loop.store.pin(copies.from(), copies.from().length);
        loop.store.pin(copies.to(), copies.to().length);
        loop.hostCopies.spill();
        try {
            loop.driver.copyPages(copies, this);
        } catch (RuntimeException e) {
            copied(copies, new DriverFault(String.valueOf(e.getMessage()), false, e));
        }
    }

    @Override
    boolean stop(PieException cause) {
        if (copy != null) {
            copy.shut(cause);
        }
        return true;
    }

    @Override
    void unclaimed(ContextHandle value) {
        value.close();
    }

    @Override
    public void done(CopyList list) {
        context.loop.completion(() -> copied(list, null));
    }

    @Override
    public void failed(CopyList list, DriverFault fault) {
        context.loop.completion(() -> copied(list, fault));
    }

    private void copied(CopyList list, @Nullable DriverFault fault) {
        context.loop.store.unpin(list.from(), list.from().length);
        context.loop.store.unpin(list.to(), list.to().length);
        EngineContext made = copy;
        if (made == null || made.closed()) {
            return;
        }
        if (fault != null) {
            context.loop.store.copiesFailed(made.kv());
        }
        context.line.answer(this, made.handle);
    }
}
