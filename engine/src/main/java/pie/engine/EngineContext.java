package pie.engine;

import org.jspecify.annotations.Nullable;
import pie.engine.driver.ForwardResult;
import pie.engine.generate.PromptLookup;
import pie.engine.kv.KvContext;
import pie.engine.market.Bidder;
import pie.engine.market.MarketEvent;
import pie.engine.schedule.Work;

/** Hold what the loop knows of one context: its rows on their way, its place in the market, what it counts for its process. */
final class EngineContext {
    final EngineLoop loop;
    final EngineProcess process;
    final ContextView view;
    private final KvContext kv;
    private final long ordinal;
    final OperationLine line;
    final ContextCharges charges;
    /** What programs have of it. */
    final ContextHandle handle;
    /** Rows now waiting for the scheduler or with the driver. */
    private @Nullable Work work;

    @Nullable
    EngineGeneration live;

    private @Nullable PromptLookup lookup;

    long lastResult;
    boolean recent;
    long waitSince;
    /** When a row of the present work was last computed for the first time; rows computed again do not count. */
    long behindSince;

    private long workSince;
    /** When the next token was asked for, or the last one kept. */
    private long awaitedSince;

    private long excludedSince;

    /** Row after the last that was computed, be it there or displaced since. */
    private int reached;
    /** Whether the program gave its pages up, and has not asked for rows since. */
    private boolean suspended;
    /** Whether the device failed the last work: who asks again goes on waiting where it was. */
    private boolean failed;

    final Bidder bidder;
    /** Whether it waits for pages. */
    boolean excluded;

    private MarketEvent.@Nullable Party party;

    EngineContext(EngineLoop loop, EngineProcess process, KvContext kv) {
        this.loop = loop;
        this.process = process;
        this.kv = kv;
        ordinal = process.nextContext();
        bidder = new Bidder(process.wallet, kv.rank(), process.bid, this);
        lastResult = loop.now();
        view = new ContextView(loop.store.pageSize());
        line = new OperationLine(loop, this);
        charges = new ContextCharges(process.allowance);
        handle = new ProgramContext(this);
        publish(0, 0);
    }

    KvContext kv() {
        return kv;
    }

    /** Return the seed of a plan that names none. */
    long seed(long plan) {
        return loop.seed(process.seed, ordinal, plan);
    }

    /** Note when its program has the result of an operation: it may go on soon. */
    void operationEnded() {
        lastResult = loop.now();
        loop.expect(this);
    }

    /** End the context; its pages go back now, or when the step they are in settles. */
    void shut(PieException cause) {
        if (line.closed()) {
            return;
        }
        line.close(cause);
        if (live != null) {
            live.ended();
        }
        leave();
    }

    /** Be forgotten if it is closed and the driver has nothing of it: neither rows nor what was dropped of them. */
    void leave() {
        if (line.closed() && work == null && (!kv.inSteps() || loop.lost())) {
            loop.left(this);
        }
    }

    /** Give up rows and pages: the process has held pages for longer than it may. */
    void exhaust(PieException cause) {
        Work unfinished = work;
        if (unfinished != null) {
            loop.scheduler.fail(unfinished, cause);
        }
        if (!kv.inSteps()) {
            loop.market.suspended(this);
            loop.store.evict(kv);
        }
    }

    void schedule(Work next) {
        work = next;
        waitSince = loop.now();
        workSince = waitSince;
        loop.touch(process);
        if (!failed) {
            behindSince = waitSince;
            reached = kv.written();
        }
        failed = false;
        loop.scheduler.add(next);
    }

    /** Note a step that computed rows up to {@code row}. */
    void stepped(int row, long now) {
        waitSince = now;
        if (row > reached) {
            reached = row;
            behindSince = waitSince;
        }
    }

    /** Note why a work is about to end in failure. */
    void workFails(PieException cause) {
        failed = cause.code() == ErrorCode.DRIVER_FAILURE;
    }

    /** Note that a work has ended, well or not. */
    void workEnded() {
        process.workNanos += workNanos(loop.now());
        work = null;
        admit();
        charges.release();
        bidder.passed();
        leave();
    }

    /** Return how long the present work has been asked for. */
    long workNanos(long now) {
        return work == null ? 0 : Math.max(0, now - workSince);
    }

    /** Return how long it has been waiting for pages this time. */
    long allocationNanos(long now) {
        return excluded ? Math.max(0, now - excludedSince) : 0;
    }

    /** Note that it waits for pages from now on. */
    void exclude() {
        excluded = true;
        excludedSince = loop.now();
        process.excluded++;
        loop.market.waiters++;
    }

    /** Note that it waits for pages no longer. */
    void admit() {
        if (excluded) {
            process.allocationNanos += allocationNanos(loop.now());
            if (process.trace != null) {
                process.trace.waitedForPages(excludedSince, loop.now());
            }
            excluded = false;
            process.excluded--;
            loop.market.waiters--;
        }
    }

    /** Note that the next token is asked for. */
    void awaitsToken() {
        awaitedSince = loop.now();
    }

    /** Take rows back from the scheduler. Return false if the driver has them. */
    boolean withdraw(Work waiting) {
        if (waiting.inFlight()) {
            return false;
        }
        loop.scheduler.remove(waiting);
        return true;
    }

    /** Return how others' explanations name this context. */
    MarketEvent.Party party() {
        MarketEvent.Party known = party;
        if (known == null) {
            known = new MarketEvent.Party(kv.id().value(), process.id.toString(), process.owner);
            party = known;
        }
        return known;
    }

    /** @throws PieException BUDGET_EXHAUSTED if pages must be paid in full and the wallet cannot pay for rows [from, to) */
    void checkCredits(int from, int to) {
        if (loop.market.config().hardCredits()) {
            process.affordPages(loop.store.pagesFor(to) - loop.store.pagesFor(from));
        }
    }

    /** Return the guesses of this context's next tokens. */
    PromptLookup lookup() {
        PromptLookup made = lookup;
        if (made == null) {
            made = new PromptLookup();
            lookup = made;
        }
        return made;
    }

    /** Return how many of the rows in the present step are drafts. */
    int drafts() {
        return live == null || work == null ? 0 : live.drafted();
    }

    /** Count drafts. */
    void drafted(int proposed, int accepted) {
        process.tokensDrafted += proposed;
        process.tokensAccepted += accepted;
        loop.counters.tokensDrafted += proposed;
        loop.counters.tokensAccepted += accepted;
    }

    /** Make the row before {@code to} written, which was drafted, computed and then drawn, as if it had been computed after that. */
    void writtenDraft(int to) {
        loop.store.write(kv, to);
        loop.counters.tokensDecoded++;
        charges.written();
    }

    boolean working() {
        return work != null;
    }

    @Nullable
    Work work() {
        return work;
    }

    boolean looksUp() {
        return kv.looksUp() && loop.config.prefixCache();
    }

    /** Return the pages that count against the budget of pages held at once: all, wherever they are, unless the program suspended it. */
    int countedPages() {
        return suspended || line.closed() ? 0 : kv.pages() - loop.store.droppedPages(kv);
    }

    /** Note whether the program gave the context's pages up itself. */
    void suspended(boolean byProgram) {
        suspended = byProgram;
    }

    /**
     * Begin a pass that will make the context so long.
     *
     * @throws PieException CONTEXT_LENGTH_EXCEEDED, or OUT_OF_PAGES if the device could not hold the rows even alone or the budget does
     *     not allow for them, BUDGET_EXHAUSTED if pages were held too long
     */
    void checkSize(int rows) {
        process.affordTime();
        if (rows > loop.maxContext) {
            throw new PieException(
                    ErrorCode.CONTEXT_LENGTH_EXCEEDED,
                    "the context would have " + rows + " tokens: the model takes at most " + loop.maxContext);
        }
        int pages = Math.max(kv.pages(), loop.store.pagesFor(rows)) - loop.store.droppedPages(kv);
        int total = loop.store.pool().total();
        if (pages > total) {
            throw new PieException(
                    ErrorCode.OUT_OF_PAGES, "the context would have " + pages + " pages: the device has " + total);
        }
        checkPages(pages);
        suspended = false;
    }

    /** @throws PieException OUT_OF_PAGES if budgets do not allow another context like this */
    void checkCopy() {
        if (process.allowance.limitsPages()) {
            loop.processes.checkPages(process, kv.pages() - loop.store.droppedPages(kv));
        }
    }

    /** @throws PieException OUT_OF_PAGES if budgets do not allow this context so many pages beside what the others have */
    void checkPages(int pages) {
        if (process.allowance.limitsPages()) {
            loop.processes.checkPages(process, pages - countedPages());
        }
    }

    /** Make computed rows written, account for them, and commit full pages up to a row. */
    void written(int from, int to, int reused, int commitLimit) {
        loop.store.write(kv, to);
        make(from, to, reused);
        process.spend(charges.cost(from, to, reused), 0);
        charges.written();
        loop.counters.tokensDecoded += to - from - reused == 1 ? 1 : 0;
        process.tokensReused += reused;
        process.forwardPasses++;
        if (process.trace != null) {
            process.trace.written(this, from, to, reused);
        }
        loop.counters.tokensReused += reused;
        if (commitLimit > 0) {
            loop.store.commit(kv, commitLimit);
        }
    }

    /** Pay for the pages that got their first row; those taken from others are free. */
    private void make(int from, int to, int reused) {
        int first = loop.store.pagesFor(from);
        int taken = reused == 0 ? 0 : Math.max(0, (from + reused) / loop.store.pageSize() - first);
        int made = loop.store.pagesFor(to) - first - taken;
        if (made > 0) {
            loop.market.ledger().make(process.wallet, made);
        }
    }

    /** Account for a generated token that is pending now; {@code drawn} after another one of its generation. */
    void generated(boolean drawn) {
        long now = loop.now();
        if (drawn) {
            long gap = Math.max(0, now - awaitedSince);
            process.tokenGaps++;
            process.tokenGapNanos += gap;
            loop.counters.tokenGaps++;
            loop.counters.tokenGapNanos += gap;
        }
        awaitedSince = now;
        if (process.firstTokenAt == 0) {
            process.firstTokenAt = now;
            if (process.trace != null) {
                process.trace.firstToken(now);
            }
        }
        charges.generated();
        process.spend(0, 1);
        loop.counters.tokensGenerated++;
    }

    /** Take back the charge for generated tokens that are not kept after all. */
    void rolledBack(int tokens) {
        process.spend(0, -tokens);
        process.tokensRolledBack += tokens;
    }

    /** Return a drawn token. @throws PieException if there is none */
    int token(ForwardResult result, int draw) {
        int token = result.token[draw];
        return switch (result.status[draw]) {
            case ForwardResult.OK -> {
                if (token < 0 || token >= loop.limits.vocabSize()) {
                    throw new PieException(
                            ErrorCode.DRIVER_FAILURE, "the device drew token " + token + ", which does not exist");
                }
                yield token;
            }
            case ForwardResult.EMPTY ->
                throw new PieException(ErrorCode.GRAMMAR_VIOLATION, "the logit masks leave no token to draw");
            default ->
                throw new PieException(ErrorCode.DRIVER_FAILURE, "the device computed logits that are not numbers");
        };
    }

    boolean closed() {
        return line.closed();
    }

    /** Undo tokens that a live generation holds back, before anything else looks at the context. */
    void settleGeneration() {
        if (live != null) {
            live.dropHeld();
        }
    }

    /** Show callers the present state, from token {@code from} on. */
    void publish(int from, int applied) {
        int hidden = live == null ? 0 : live.held();
        int visible = kv.length() - hidden;
        boolean lastPending = live != null && hidden > 0 && live.lastPending(visible);
        int written = Math.min(kv.written(), lastPending ? visible - 1 : visible);
        view.publish(kv, visible, Math.max(0, written), from, applied);
        loop.touch(process);
    }
}
