package pie.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import pie.engine.kv.KvContext;
import pie.engine.kv.KvStore;
import pie.engine.market.Fixed;
import pie.engine.market.MarketLog;
import pie.engine.market.Wallet;
import pie.engine.process.MarketTotals;
import pie.engine.process.OwnerId;
import pie.engine.process.Pace;
import pie.engine.process.ProcessId;
import pie.engine.process.ProcessTotals;
import pie.engine.trace.Timeline;

/** Keep what one process has and used of an engine. The loop alone touches it, but for the fields set at the start. */
final class EngineProcess {
    final ProcessId id;
    final long saltHigh;
    final long saltLow;
    final long seed;
    final String owner;
    final Wallet wallet;
    private final KvStore store;
    /** Bid that stands for the default in all contexts, pico-credits, negative for none. */
    final long bid;

    final MarketLog log = new MarketLog();
    /** Micro-credits as of the last tick, for other threads to read. */
    final AtomicLong balance = new AtomicLong();

    final AtomicLong dividend = new AtomicLong();
    final List<EngineContext> contexts = new ArrayList<>();
    final Allowance allowance;
    private long nextContext;

    long tokensIn;
    long tokensOut;
    long tokensReused;
    long tokensRecomputed;
    long tokensDrafted;
    long tokensAccepted;
    long tokensRolledBack;
    long forwardPasses;
    long waitingNanos;
    long driverNanos;
    long displacements;
    long restores;
    /** Rows of steps that were its own, dropped ones included. */
    long rows;

    long firstTokenAt;
    long tokenGaps;
    long tokenGapNanos;
    long workNanos;
    long allocationNanos;
    long restoreNanos;
    /** Contexts that wait for pages. */
    int excluded;

    /** Where its operations are written down, null unless it is recorded; for the threads that ask for them. */
    volatile @Nullable Timeline timeline;
    /** Writes down what the loop does for it, null unless it is recorded. */
    @Nullable
    StepTrace trace;

    final ProcessBoard board = new ProcessBoard();
    /** Whether the board is to be written again. */
    boolean touched;

    private double pagesPeak;
    private double pageSeconds;
    private long pagesSince;
    private int pagesThen;
    private double effectiveThen;
    private long pagesStep;

    @Nullable
    CompletableFuture<Void> closing;

    /** Why nothing runs for it any more: the device that it was on is lost, be there another by now. */
    @Nullable
    PieException lost;

    EngineProcess(
            ProcessId id,
            long saltHigh,
            long saltLow,
            Allowance allowance,
            long seed,
            String owner,
            Wallet wallet,
            long bid,
            KvStore store) {
        this.id = id;
        this.store = store;
        this.owner = owner;
        this.wallet = wallet;
        this.bid = bid;
        balance.set(wallet.balance());
        this.saltHigh = saltHigh;
        this.saltLow = saltLow;
        this.seed = seed;
        this.allowance = allowance;
    }

    /** Have steps, and operations unless it is a record of steps alone, written into a timeline from now on. */
    void record(Timeline record) {
        if (trace == null || trace.timeline != record) {
            trace = new StepTrace(record);
            timeline = record.whole() ? record : null;
        }
    }

    OwnerId owner() {
        return new OwnerId(owner);
    }

    long nextContext() {
        return nextContext++;
    }

    /** Count tokens computed and tokens generated, or take back the count if negative. */
    void spend(long in, long out) {
        tokensIn += in;
        tokensOut += out;
        allowance.spend(in + out);
    }

    /**
     * Check that pages held over time are not spent.
     *
     * @throws PieException BUDGET_EXHAUSTED
     */
    void affordTime() {
        PieException spent = allowance.pageSecondsSpent();
        if (spent != null) {
            throw spent;
        }
    }

    /** Return the pages of all contexts but those that it suspended itself. */
    int pagesOfContexts() {
        int sum = 0;
        for (EngineContext context : contexts) {
            sum += context.countedPages();
        }
        return sum;
    }

    /** @throws PieException BUDGET_EXHAUSTED if the wallet must pay for {@code pages} new pages and cannot */
    void affordPages(int pages) {
        if (pages * Fixed.CREDIT > wallet.balance()) {
            throw new PieException(
                    ErrorCode.BUDGET_EXHAUSTED,
                    "the wallet of " + Fixed.credits(wallet.balance()) + " credits cannot pay for " + pages
                            + " new pages: wait for the next refill or ask for fewer tokens",
                    Map.of(
                            "budget",
                            "credits",
                            "scope",
                            "process",
                            "limit",
                            pages,
                            "used",
                            Fixed.credits(wallet.makePaid())));
        }
    }

    /** Account the pages held since the last call. */
    void pages(long now) {
        double used = effectiveThen * ((now - pagesSince) / 1e9);
        pageSeconds += used;
        allowance.hold(used);
        int held = 0;
        long effective = 0;
        for (int i = 0; i < contexts.size(); i++) {
            KvContext kv = contexts.get(i).kv();
            held += kv.held();
            effective += store.effective(kv);
        }
        pagesSince = now;
        pagesThen = held;
        effectiveThen = Fixed.pages(effective);
        pagesPeak = Math.max(pagesPeak, held);
    }

    /** Say whether its contexts had pages at the last account. */
    boolean holdsPages() {
        return pagesThen > 0;
    }

    /** Account once for each step. */
    void pagesAt(long step, long now) {
        if (step != pagesStep) {
            pagesStep = step;
            pages(now);
        }
    }

    ProcessTotals totals(long now, MarketTotals market) {
        pages(now);
        return new ProcessTotals(
                tokensIn,
                tokensOut,
                tokensReused,
                tokensRecomputed,
                tokensDrafted,
                tokensAccepted,
                tokensRolledBack,
                forwardPasses,
                waitingNanos,
                driverNanos,
                contexts.size(),
                pagesThen,
                pagesPeak,
                pageSeconds,
                market,
                pace(now));
    }

    private Pace pace(long now) {
        long work = workNanos;
        long allocation = allocationNanos;
        for (EngineContext context : contexts) {
            work += context.workNanos(now);
            allocation += context.allocationNanos(now);
        }
        return new Pace(
                rows, firstTokenAt, tokenGaps, tokenGapNanos, work, waitingNanos, allocation, restoreNanos, excluded);
    }

    int pagesNow() {
        return pagesThen;
    }

    double pagesPeak() {
        return pagesPeak;
    }

    double pageSeconds() {
        return pageSeconds;
    }
}
