package pie.engine;

import java.util.ArrayList;
import java.util.List;
import pie.engine.kv.KvContext;
import pie.engine.market.Bidder;
import pie.engine.market.Explanation;
import pie.engine.market.Explanation.ContextState;
import pie.engine.market.Explanation.State;
import pie.engine.market.Fixed;
import pie.engine.market.MarketConfig;
import pie.engine.market.Wallet;
import pie.engine.process.MarketTotals;
import pie.engine.schedule.Work;

/** Shape what the market of a loop knows for people to read. On the loop's thread. */
final class MarketReport {
    /** Steps from a decision to the rows of it, and for a displaced context's last pages to leave. */
    private static final int DECISION_STEPS = 2;

    private final EngineLoop loop;
    private final EngineMarket market;

    MarketReport(EngineLoop loop) {
        this.loop = loop;
        market = loop.market;
    }

    Explanation explain(EngineProcess process) {
        List<ContextState> states = new ArrayList<>();
        for (EngineContext context : process.contexts) {
            states.add(state(context));
        }
        Wallet wallet = process.wallet;
        return new Explanation(
                Fixed.credits(wallet.balance()),
                Fixed.credits(wallet.dividend()),
                Fixed.price(market.lastPrice()),
                states,
                process.log.counts(),
                process.log.misses(),
                process.log.events());
    }

    private ContextState state(EngineContext context) {
        KvContext kv = context.kv();
        Bidder bidder = context.bidder;
        Work work = context.work();
        boolean waits = work != null && !work.inFlight();
        long mask = loop.maskWaits.since(context);
        boolean masked = mask != MaskWaits.NOT;
        boolean took = bidder.tookPart(market.tick());
        int lacks = work == null ? 0 : loop.store.demand(kv, work.target());
        return new ContextState(
                kv.id().value(),
                place(kv, work),
                waits || masked ? Math.max(0, loop.now() - (masked ? mask : context.waitSince)) : 0,
                waits ? bound(context) : 0,
                took ? bidder.rank() + 1 : 0,
                market.ranked(),
                Fixed.price(bidder.bid()),
                Fixed.price(bidder.effectiveBid()),
                Fixed.credits(bidder.rent()),
                kv.held(),
                Fixed.pages(loop.store.effective(kv)),
                kv.held() + lacks,
                waits && context.excluded,
                masked,
                bidder.aged(),
                bidder.isIdle(),
                bidder.displacements(),
                bidder.restores());
    }

    private static State place(KvContext kv, @org.jspecify.annotations.Nullable Work work) {
        if (work != null && work.inFlight()) {
            return State.RUNNING;
        }
        if (kv.held() == 0) {
            return State.SUSPENDED;
        }
        return kv.computed() < kv.written() ? State.RESTORING : State.RESIDENT;
    }

    /** Return A + a·(Q + δ)·T + δ·T: ageing, the turns of those that aged before, and the way back. */
    private long bound(EngineContext context) {
        MarketConfig config = market.config();
        int before = 0;
        int largest = 0;
        for (EngineContext other : loop.allContexts()) {
            Work work = other.work();
            if (work != null) {
                largest = Math.max(largest, work.target());
                before += other != context && other.bidder.aged() && other.waitSince <= context.waitSince ? 1 : 0;
            }
        }
        long back = DECISION_STEPS + largest / loop.limits.maxTokens();
        return config.aging().toNanos()
                + (before * (config.agingQuantum() + back) + back) * Math.max(market.longestStep, 1);
    }

    MarketTotals totals(EngineProcess process) {
        long bid = 0;
        for (EngineContext context : process.contexts) {
            bid = Math.max(bid, context.bidder.tookPart(market.tick()) ? context.bidder.effectiveBid() : 0);
        }
        Wallet wallet = process.wallet;
        return new MarketTotals(
                Fixed.price(bid),
                Fixed.price(market.lastPrice()),
                Fixed.credits(wallet.balance()),
                Fixed.credits(wallet.rentPaid()),
                Fixed.credits(wallet.makePaid()),
                Fixed.credits(wallet.makeUnpaid()),
                Fixed.credits(wallet.dividends()),
                process.displacements,
                process.restores);
    }
}
