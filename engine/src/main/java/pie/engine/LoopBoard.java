package pie.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import pie.engine.kv.PagePool;
import pie.engine.market.Fixed;
import pie.engine.market.Ledger;
import pie.engine.market.MarketStats;

/** Put up what a loop counts and holds, for anybody to read without asking the loop. */
final class LoopBoard {
    private static final int CELLS = 64 + LoopCounters.SIZES;
    private static final int RECENT = 64;

    private final Board board = new Board(CELLS);
    private final AtomicReferenceArray<MarketStats.Displacement> recent = new AtomicReferenceArray<>(RECENT);
    private long displaced;

    /** Note a displacement, before the next writing. */
    void displaced(MarketStats.Displacement event) {
        recent.setRelease((int) (displaced++ % RECENT), event);
    }

    /** Put up the present state; on the loop's thread. */
    void show(EngineLoop loop, long stepBegun) {
        LoopCounters c = loop.counters;
        board.begin();
        board.put(stepBegun);
        board.put(c.steps);
        board.put(c.stepFailures);
        board.put(c.rowsPrefill);
        board.put(c.rowsDecode);
        board.put(c.rowsOverrun);
        board.put(c.tokensGenerated);
        board.put(c.tokensReused);
        board.put(c.tokensRecomputed);
        board.put(c.tokensDrafted);
        board.put(c.tokensAccepted);
        board.put(c.tokensForced);
        PagePool pool = loop.store.pool();
        board.put(pool.total());
        board.put(pool.free());
        board.put(pool.working());
        board.put(pool.committed());
        board.put(pool.retained());
        board.put(loop.hostCopies.pages());
        board.put(loop.hostCopies.used());
        board.put(c.pagesOut);
        board.put(c.pagesBack);
        board.put(c.copiesFailed);
        board.put(loop.contexts());
        board.put(loop.processes.size());
        board.put(c.lastBatchRows);
        board.put(c.lastBatchRequests);
        board.put(c.driverNanos);
        board.put(c.planNanos);
        market(loop.market);
        board.put(c.tokensDecoded);
        board.put(c.tokenGaps);
        board.put(c.tokenGapNanos);
        board.put(c.peakSecond);
        board.put(c.peakRows);
        board.put(c.peakRequests);
        board.put(c.peakRowsBefore);
        board.put(c.peakRequestsBefore);
        board.put(c.topRows);
        board.put(c.topRequests);
        for (long steps : c.stepsBySize) {
            board.put(steps);
        }
        board.end();
    }

    private void market(EngineMarket market) {
        Ledger ledger = market.ledger();
        board.put(displaced);
        board.put(market.tick());
        board.put(market.lastPrice());
        board.put(market.revenue());
        board.put(market.waiters);
        board.put(market.grants);
        board.put(market.exclusions);
        board.put(market.displacements);
        board.put(market.restores);
        board.put(market.agedCount);
        board.put(market.longestWait);
        board.put(ledger.balances());
        board.put(ledger.rents());
        board.put(ledger.made());
        board.put(ledger.unpaid());
        board.put(ledger.issued());
        board.put(ledger.refilled());
        board.put(ledger.retired());
    }

    /** Read what was last put up; on any thread. */
    EngineFigures read(int queueDepth) {
        Board.Reading r = board.read();
        long begun = r.next();
        long steps = r.next();
        long failures = r.next();
        long rowsPrefill = r.next();
        long rowsDecode = r.next();
        long rowsOverrun = r.next();
        long generated = r.next();
        long reused = r.next();
        long recomputed = r.next();
        long drafted = r.next();
        long accepted = r.next();
        long forced = r.next();
        int total = r.nextInt();
        int free = r.nextInt();
        int working = r.nextInt();
        int committed = r.nextInt();
        int retained = r.nextInt();
        HostStats host = new HostStats(r.nextInt(), r.nextInt(), r.next(), r.next(), r.next());
        int contexts = r.nextInt();
        int processes = r.nextInt();
        int rows = r.nextInt();
        int requests = r.nextInt();
        long driver = r.next();
        long plan = r.next();
        MarketStats market = market(r);
        EngineStats stats = new EngineStats(
                steps,
                failures,
                rowsPrefill,
                rowsDecode,
                rowsOverrun,
                generated,
                reused,
                recomputed,
                drafted,
                accepted,
                forced,
                total,
                free,
                working,
                committed,
                retained,
                host,
                contexts,
                processes,
                queueDepth,
                rows,
                requests,
                driver,
                plan,
                market);
        return new EngineFigures(
                stats,
                driver + (begun == 0 ? 0 : Math.max(0, System.nanoTime() - begun)),
                r.next(),
                r.next(),
                r.next(),
                r.next(),
                r.nextInt(),
                r.nextInt(),
                r.nextInt(),
                r.nextInt(),
                r.nextInt(),
                r.nextInt(),
                sizes(r));
    }

    private static long[] sizes(Board.Reading r) {
        long[] sizes = new long[LoopCounters.SIZES];
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = r.next();
        }
        return sizes;
    }

    private MarketStats market(Board.Reading r) {
        List<MarketStats.Displacement> last = recent(r.next());
        return new MarketStats(
                r.next(),
                Fixed.price(r.next()),
                Fixed.credits(r.next()),
                r.nextInt(),
                r.next(),
                r.next(),
                r.next(),
                r.next(),
                r.next(),
                r.next(),
                Fixed.credits(r.next()),
                Fixed.credits(r.next()),
                Fixed.credits(r.next()),
                Fixed.credits(r.next()),
                Fixed.credits(r.next()),
                Fixed.credits(r.next()),
                Fixed.credits(r.next()),
                last);
    }

    /** Return the last displacements, oldest first; one that came while this reads may stand for one that it replaced. */
    private List<MarketStats.Displacement> recent(long count) {
        List<MarketStats.Displacement> last = new ArrayList<>();
        for (long i = Math.max(0, count - RECENT); i < count; i++) {
            MarketStats.Displacement event = recent.getAcquire((int) (i % RECENT));
            if (event != null) {
                last.add(event);
            }
        }
        return last;
    }
}
