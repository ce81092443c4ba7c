package pie.engine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import pie.engine.kv.KvContext;
import pie.engine.kv.KvStore;
import pie.engine.market.Bidder;
import pie.engine.market.Fixed;
import pie.engine.market.Ledger;
import pie.engine.market.Market;
import pie.engine.market.MarketConfig;
import pie.engine.market.MarketEvent;
import pie.engine.market.MarketEvent.Kind;
import pie.engine.market.MarketEvent.Reason;
import pie.engine.market.MarketStats;
import pie.engine.schedule.Order;
import pie.engine.schedule.StepPlan;
import pie.engine.schedule.Work;

/** Run the market of one device for the loop: tell it what contexts hold and want, and carry its decisions out. */
final class EngineMarket implements Order {
    private static final int RECENT = 64;

    private final Market market;
    private final KvStore store;
    private final List<EngineContext> contexts;
    private final List<EngineProcess> processes = new ArrayList<>();
    private Work[] granted = new Work[16];
    private int grantedCount;
    private int ahead;
    private boolean mayInsist;
    private long now;
    private long nextRefill;
    private long latency;
    private Consumer<Market> audit = decided -> {};

    /** Price of the last tick, in pico-credits, and moving average of a step, in nanoseconds: for other threads to read. */
    final AtomicLong price = new AtomicLong();

    final AtomicLong stepNanos = new AtomicLong();
    private final ArrayDeque<MarketStats.Displacement> recent = new ArrayDeque<>();
    long grants;
    long exclusions;
    long displacements;
    long restores;
    long agedCount;
    long longestWait;
    long longestStep;
    /** Contexts that wait for pages. */
    int waiters;

    private final LoopBoard board;

    EngineMarket(MarketConfig config, KvStore store, List<EngineContext> contexts, LoopBoard board) {
        this.board = board;
        market = new Market(config, store.pool().total(), store.pageSize());
        this.store = store;
        this.contexts = contexts;
    }

    MarketConfig config() {
        return market.config();
    }

    Ledger ledger() {
        return market.ledger();
    }

    long tick() {
        return market.tick();
    }

    long lastPrice() {
        return market.price();
    }

    /** Return the rent of the last tick, micro-credits. */
    long revenue() {
        return market.revenue();
    }

    int ranked() {
        return market.size();
    }

    /** Set the time of the next decisions, and whether holders without work may lose their pages to whoever has some. */
    void at(long nanos, boolean insist) {
        now = nanos;
        mayInsist = insist;
    }

    /** Issue credits again if it is time to. Return when to ask the next time. */
    long refill(long nanos) {
        if (nanos >= nextRefill) {
            ledger().refill(nanos);
            nextRefill = nanos + config().refillPeriod().toNanos();
            publish();
        }
        return ledger().refillable() ? nextRefill : Long.MAX_VALUE;
    }

    void opened(EngineProcess process) {
        processes.add(process);
        publish();
    }

    void closed(EngineProcess process) {
        processes.remove(process);
        ledger().close(process.wallet, now);
        publish();
    }

    // The order of one step.

    @Override
    public void clear() {
        market.begin();
        for (int i = 0; i < contexts.size(); i++) {
            join(contexts.get(i));
        }
        market.clear(store.pool().held());
        list();
        if (grantedCount == 0 && mayInsist && market.insist(store.pool().held()) != null) {
            list();
        }
        audit.accept(market);
        displace();
        price.setRelease(market.price());
    }

    /** Have someone look at each auction, just after it was decided. */
    void audit(Consumer<Market> look) {
        audit = look;
    }

    private void join(EngineContext context) {
        KvContext kv = context.kv();
        Work work = context.work();
        if (work == null && kv.held() == 0) {
            return;
        }
        Bidder bidder = context.bidder;
        long effective = store.effective(kv);
        boolean shares = effective != kv.held() * Fixed.PAGE;
        int sealed = shares ? kv.sealed() : 0;
        bidder.holds(kv.held() - sealed, kv.slots(), sealed, effective);
        int more = work == null ? 0 : store.demand(kv, work.reach());
        boolean running = work != null && work.inFlight();
        bidder.wants(more, work != null, kv.held() > 0 && kv.inSteps(), running ? now : context.waitSince);
        bidder.behind(running ? now : context.behindSince);
        bidder.rests(context.lastResult);
        if (market.add(bidder, now)) {
            agedCount++;
            note(context, Kind.AGED, Reason.AGED, null, kv.held() + more);
        }
    }

    private void list() {
        grantedCount = 0;
        ahead = 0;
        for (int i = 0; i < market.size(); i++) {
            Bidder bidder = market.ranked(i);
            EngineContext context = (EngineContext) bidder.subject();
            Work work = context.work();
            if (work == null || !bidder.granted()) {
                continue;
            }
            if (grantedCount == granted.length) {
                granted = Arrays.copyOf(granted, 2 * grantedCount);
            }
            granted[grantedCount++] = work;
            ahead += bidder.ahead() ? 1 : 0;
        }
    }

    private void displace() {
        for (int i = 0; i < market.displacements(); i++) {
            Bidder victim = market.displaced(i);
            Bidder by = market.displacer(i);
            EngineContext context = (EngineContext) victim.subject();
            KvContext kv = context.kv();
            displacements++;
            victim.lost();
            context.process.pages(now);
            context.process.displacements++;
            MarketEvent event = note(context, Kind.DISPLACED, reason(by), by, kv.held());
            if (recent.size() == RECENT) {
                recent.remove();
            }
            MarketStats.Displacement displacement = new MarketStats.Displacement(context.party(), event);
            recent.add(displacement);
            board.displaced(displacement);
            store.evict(kv);
            context.loop.touch(context.process);
        }
    }

    private static Reason reason(Bidder by) {
        if (by.insisted()) {
            return Reason.IDLE_DEVICE;
        }
        if (by.ahead()) {
            return Reason.AGED;
        }
        return ((EngineContext) by.subject()).kv().held() > 0 ? Reason.GROWTH : Reason.BID;
    }

    private MarketEvent note(EngineContext context, Kind kind, Reason reason, @Nullable Bidder by, int pages) {
        KvContext kv = context.kv();
        boolean waits = context.work() != null;
        MarketEvent event = new MarketEvent(
                market.tick(),
                now,
                kv.id().value(),
                kind,
                reason,
                by == null ? null : ((EngineContext) by.subject()).party(),
                Fixed.price(market.price()),
                Fixed.price(context.bidder.effectiveBid()),
                by == null ? 0 : Fixed.price(by.effectiveBid()),
                pages,
                kind == Kind.DISPLACED ? kv.computed() : 0,
                waits ? now - context.waitSince : 0);
        context.process.log.add(event);
        if (context.process.trace != null) {
            context.process.trace.memory(kind.name().toLowerCase(Locale.ROOT), now, pages);
        }
        return event;
    }

    /** Note that a program gave the pages of a context up. */
    void suspended(EngineContext context) {
        if (context.kv().held() > 0) {
            context.bidder.left();
            note(context, Kind.SUSPENDED, Reason.VOLUNTARY, null, context.kv().held());
        }
    }

    @Override
    public int size() {
        return grantedCount;
    }

    @Override
    public Work granted(int place) {
        return granted[place];
    }

    @Override
    public int ahead() {
        return ahead;
    }

    @Override
    public int rowsAhead(int maxTokens) {
        return (int) ((long) maxTokens * config().agingSharePpm() / 1_000_000);
    }

    /** Charge and explain the step that was just planned. */
    void sealed(StepPlan plan, long step) {
        for (int i = 0; i < market.size(); i++) {
            Bidder bidder = market.ranked(i);
            EngineContext context = (EngineContext) bidder.subject();
            KvContext kv = context.kv();
            if (kv.held() > 0) {
                market.charge(plan.bill, bidder, store.effective(kv));
            }
            Work work = context.work();
            if (work == null) {
                continue;
            }
            if (work.plannedIn(plan)) {
                entered(context, bidder);
            } else if (!work.inFlight()) {
                missed(context, bidder, work, step);
            }
        }
        Arrays.fill(granted, 0, grantedCount, null);
        grantedCount = 0;
    }

    private void entered(EngineContext context, Bidder bidder) {
        grants++;
        longestWait = Math.max(longestWait, now - context.waitSince);
        if (context.excluded || bidder.away()) {
            context.admit();
            boolean back = bidder.back();
            restores += back ? 1 : 0;
            context.process.restores += back ? 1 : 0;
            note(
                    context,
                    back ? Kind.RESTORED : Kind.GRANTED,
                    Reason.BID,
                    null,
                    context.kv().held());
        }
    }

    private void missed(EngineContext context, Bidder bidder, Work work, long step) {
        context.process.log.missed(step, context.kv().id().value(), work.missed());
        if (!bidder.granted() && !context.excluded) {
            context.exclude();
            exclusions++;
            note(context, Kind.EXCLUDED, Reason.BID, null, bidder.demanded());
        }
    }

    // The end of a step.

    /** Take the rents of a step that went well, before the pages that it made are paid. */
    void settle(StepPlan plan, long nanos) {
        latency += (nanos - latency) / 10;
        longestStep = Math.max(longestStep, nanos);
        market.longestStep(longestStep);
        stepNanos.setRelease(latency);
        market.settle(plan.bill);
    }

    void waive(StepPlan plan) {
        market.waive(plan.bill);
    }

    MarketStats stats() {
        Ledger ledger = ledger();
        return new MarketStats(
                market.tick(),
                Fixed.price(market.price()),
                Fixed.credits(market.revenue()),
                waiters,
                grants,
                exclusions,
                displacements,
                restores,
                agedCount,
                longestWait,
                Fixed.credits(ledger.balances()),
                Fixed.credits(ledger.rents()),
                Fixed.credits(ledger.made()),
                Fixed.credits(ledger.unpaid()),
                Fixed.credits(ledger.issued()),
                Fixed.credits(ledger.refilled()),
                Fixed.credits(ledger.retired()),
                List.copyOf(recent));
    }

    /** Show other threads what wallets hold now. */
    void publish() {
        for (int i = 0; i < processes.size(); i++) {
            EngineProcess process = processes.get(i);
            process.balance.setRelease(process.wallet.balance());
            process.dividend.setRelease(process.wallet.dividend());
        }
    }
}
