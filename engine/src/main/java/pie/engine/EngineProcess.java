package pie.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import pie.engine.market.Fixed;
import pie.engine.market.MarketLog;
import pie.engine.market.Wallet;
import pie.engine.process.Budget;
import pie.engine.process.MarketTotals;
import pie.engine.process.OwnerId;
import pie.engine.process.ProcessId;
import pie.engine.process.ProcessTotals;

/** Keep what one process has and used of an engine. The loop alone touches it, but for the fields set at the start. */
final class EngineProcess {
    final ProcessId id;
    final long saltHigh;
    final long saltLow;
    final long seed;
    final String owner;
    final Wallet wallet;
    /** Bid that stands for the default in all contexts, pico-credits, negative for none. */
    final long bid;

    final MarketLog log = new MarketLog();
    /** Micro-credits as of the last tick, for other threads to read. */
    final AtomicLong balance = new AtomicLong();

    final AtomicLong dividend = new AtomicLong();
    final List<EngineContext> contexts = new ArrayList<>();
    private final long tokenLimit;
    private long nextContext;

    long tokensIn;
    long tokensOut;
    /** Tokens set aside for rows that are planned or with the driver. */
    private long tokensReserved;

    long tokensReused;
    long tokensRecomputed;
    long tokensDrafted;
    long tokensAccepted;
    long forwardPasses;
    long waitingNanos;
    long driverNanos;
    long displacements;
    long restores;
    private double pagesPeak;
    private double pageSeconds;
    private long pagesSince;
    private int pagesThen;
    private long pagesStep;

    @Nullable
    CompletableFuture<Void> closing;

    EngineProcess(
            ProcessId id,
            long saltHigh,
            long saltLow,
            Budget budget,
            long seed,
            String owner,
            Wallet wallet,
            long bid) {
        this.id = id;
        this.owner = owner;
        this.wallet = wallet;
        this.bid = bid;
        balance.set(wallet.balance());
        this.saltHigh = saltHigh;
        this.saltLow = saltLow;
        this.seed = seed;
        tokenLimit = budget.tokens().orElse(Long.MAX_VALUE);
    }

    OwnerId owner() {
        return new OwnerId(owner);
    }

    long nextContext() {
        return nextContext++;
    }

    /** @throws PieException BUDGET_EXHAUSTED if {@code tokens} more do not fit beside what is used and reserved */
    void afford(long tokens) {
        long used = tokensIn + tokensOut;
        if (!affords(tokens)) {
            throw new PieException(
                    ErrorCode.BUDGET_EXHAUSTED,
                    "the token budget of " + tokenLimit + " is spent: " + used + " used, " + tokensReserved
                            + " reserved for rows under way, " + tokens + " more asked for",
                    Map.of("budget", "tokens", "scope", "process", "limit", tokenLimit, "used", used));
        }
    }

    long tokensLeft() {
        return tokenLimit - tokensIn - tokensOut - tokensReserved;
    }

    private boolean affords(long tokens) {
        return tokens <= 0 || tokens <= tokensLeft();
    }

    /** Set tokens aside if they fit. Return whether they did. */
    boolean tryReserve(long tokens) {
        boolean fit = affords(tokens);
        tokensReserved += fit ? tokens : 0;
        return fit;
    }

    /** Set tokens aside. @throws PieException BUDGET_EXHAUSTED if they do not fit */
    void reserve(long tokens) {
        afford(tokens);
        tokensReserved += tokens;
    }

    void release(long tokens) {
        tokensReserved -= tokens;
    }

    long tokensReserved() {
        return tokensReserved;
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
        int held = 0;
        for (EngineContext context : contexts) {
            held += context.kv().held();
        }
        pageSeconds += pagesThen * ((now - pagesSince) / 1e9);
        pagesSince = now;
        pagesThen = held;
        pagesPeak = Math.max(pagesPeak, held);
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
                forwardPasses,
                waitingNanos,
                driverNanos,
                contexts.size(),
                pagesThen,
                pagesPeak,
                pageSeconds,
                market);
    }
}
