package pie.engine;

import pie.engine.market.Fixed;
import pie.engine.market.Wallet;
import pie.engine.process.MarketTotals;
import pie.engine.process.Pace;
import pie.engine.process.ProcessTotals;

/** Put up what one process uses, for anybody to read without asking the loop. */
final class ProcessBoard {
    private final Board board = new Board(32);

    /** Put up the present state; on the loop's thread. */
    void show(EngineProcess p, EngineMarket market, long now) {
        p.pages(now);
        long bid = 0;
        long work = p.workNanos;
        long allocation = p.allocationNanos;
        for (int i = 0; i < p.contexts.size(); i++) {
            EngineContext context = p.contexts.get(i);
            bid = Math.max(bid, context.bidder.tookPart(market.tick()) ? context.bidder.effectiveBid() : 0);
            work += context.workNanos(now);
            allocation += context.allocationNanos(now);
        }
        board.begin();
        board.put(p.tokensIn);
        board.put(p.tokensOut);
        board.put(p.tokensReused);
        board.put(p.tokensRecomputed);
        board.put(p.tokensDrafted);
        board.put(p.tokensAccepted);
        board.put(p.tokensRolledBack);
        board.put(p.forwardPasses);
        board.put(p.waitingNanos);
        board.put(p.driverNanos);
        board.put(p.contexts.size());
        board.put((double) p.pagesNow());
        board.put(p.pagesPeak());
        board.put(p.pageSeconds());
        board.put(bid);
        Wallet wallet = p.wallet;
        board.put(wallet.rentPaid());
        board.put(wallet.makePaid());
        board.put(wallet.makeUnpaid());
        board.put(wallet.dividends());
        board.put(p.displacements);
        board.put(p.restores);
        board.put(p.rows);
        board.put(p.firstTokenAt);
        board.put(p.tokenGaps);
        board.put(p.tokenGapNanos);
        board.put(work);
        board.put(allocation);
        board.put(p.restoreNanos);
        board.put(p.excluded);
        board.end();
    }

    /** Read what was last put up; on any thread. */
    ProcessTotals read(EngineProcess p, EngineMarket market) {
        Board.Reading r = board.read();
        long tokensIn = r.next();
        long tokensOut = r.next();
        long reused = r.next();
        long recomputed = r.next();
        long drafted = r.next();
        long accepted = r.next();
        long rolledBack = r.next();
        long passes = r.next();
        long waiting = r.next();
        long driver = r.next();
        int contexts = r.nextInt();
        double held = r.nextDouble();
        double peak = r.nextDouble();
        double seconds = r.nextDouble();
        MarketTotals credits = new MarketTotals(
                Fixed.price(r.next()),
                Fixed.price(market.price.getAcquire()),
                Fixed.credits(p.balance.getAcquire()),
                Fixed.credits(r.next()),
                Fixed.credits(r.next()),
                Fixed.credits(r.next()),
                Fixed.credits(r.next()),
                r.next(),
                r.next());
        long rows = r.next();
        long first = r.next();
        long gaps = r.next();
        long gapNanos = r.next();
        long work = r.next();
        long allocation = r.next();
        Pace pace = new Pace(rows, first, gaps, gapNanos, work, waiting, allocation, r.next(), r.nextInt());
        return new ProcessTotals(
                tokensIn,
                tokensOut,
                reused,
                recomputed,
                drafted,
                accepted,
                rolledBack,
                passes,
                waiting,
                driver,
                contexts,
                held,
                peak,
                seconds,
                credits,
                pace);
    }
}
