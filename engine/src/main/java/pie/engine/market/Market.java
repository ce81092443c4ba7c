package pie.engine.market;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Run the ticks of one device: bids, order, auction, then rent and dividend. */
public final class Market {
    private final MarketConfig config;
    private final int total;
    private final int pageSize;
    private final Ledger ledger;
    private final Auction auction;
    private final Ranking order = new Ranking();
    private Bidder[] waitingLong = new Bidder[16];
    private int waitingLongCount;
    private final Bill bill = new Bill();
    private long tick;
    private long price;
    private long revenue;
    private long turn = Long.MAX_VALUE / 4;

    public Market(MarketConfig config, int totalPages, int pageSize) {
        this.config = config;
        this.total = totalPages;
        this.pageSize = pageSize;
        ledger = new Ledger(config);
        auction = new Auction(totalPages);
    }

    public MarketConfig config() {
        return config;
    }

    public Ledger ledger() {
        return ledger;
    }

    /** Let an aged bidder have as much time for its steps as they would take one after the other, with none longer than this. */
    public void longestStep(long nanos) {
        turn = config.agingQuantum() * Math.max(1, nanos);
    }

    /** Begin a tick: every bidder that holds slots or has work is then added, in order of arrival. */
    public void begin() {
        tick++;
        waitingLongCount = 0;
    }

    /** Take part in the tick. Return whether the bidder became aged just now. */
    public boolean add(Bidder bidder, long now) {
        Wallet wallet = bidder.wallet;
        bidder.tick = tick;
        if (!bidder.listed) {
            order.add(bidder);
        }
        if (!bidder.works) {
            bidder.waitSince = Long.MAX_VALUE;
        }
        boolean aged = bidder.age(now, config.aging().toNanos(), config.agingQuantum(), turn);
        bidder.agedClass = false;
        bidder.insisted = false;
        if (bidder.aged) {
            queue(bidder);
        }
        ledger.busy(wallet);
        return aged;
    }

    private void queue(Bidder bidder) {
        if (waitingLongCount == waitingLong.length) {
            waitingLong = Arrays.copyOf(waitingLong, 2 * waitingLongCount);
        }
        int i = waitingLongCount++;
        while (i > 0 && waitingLong[i - 1].since() > bidder.since()) {
            waitingLong[i] = waitingLong[i - 1];
            i--;
        }
        waitingLong[i] = bidder;
    }

    /**
     * Rank everybody, decide, and leave grants and displacements with the bidders.
     *
     * @param inUse distinct slots that they hold
     */
    public void clear(int inUse) {
        clear(inUse, config.residency());
    }

    /**
     * Decide once more, with the best-ranked bidder that has work and could ever fit ahead of everybody: holders without work must not
     * keep a device idle.
     *
     * @return the one, null if the slots that cannot be taken leave room for none
     */
    public @Nullable Bidder insist(int inUse) {
        Bidder first = null;
        for (int i = 0; i < order.size(); i++) {
            Bidder bidder = order.get(i);
            int besides = auction.fixed() - (bidder.fixed ? bidder.holding() : 0);
            boolean fits = bidder.works && bidder.demand() + besides <= total;
            // Who began this way goes on this way: two that took turns would take each other's pages for ever.
            if (fits && (first == null || (bidder.insists && !first.insists))) {
                first = bidder;
            }
        }
        if (first != null) {
            first.agedClass = true;
            first.insisted = true;
            first.insists = true;
            order.sort();
            auction.run(order, inUse, config.residency(), pageSize);
            price = auction.price();
        }
        return first;
    }

    void clear(int inUse, int headroomTicks) {
        order.keep(tick);
        bids();
        ahead();
        order.sort();
        auction.run(order, inUse, headroomTicks, pageSize);
        price = auction.price();
    }

    private void bids() {
        for (int i = 0; i < order.size(); i++) {
            order.get(i).wallet.asked = 0;
        }
        for (int i = 0; i < order.size(); i++) {
            Bidder bidder = order.get(i);
            bidder.wallet.asked += bidder.asked();
        }
        long incumbency = config.incumbency();
        for (int i = 0; i < order.size(); i++) {
            Bidder bidder = order.get(i);
            long oneTick = Fixed.affordable(bidder.wallet.balance, bidder.wallet.asked);
            bidder.bid(pageSize, oneTick / bidder.stay(config.residency()));
            bidder.value = bidder.effectiveBid + (bidder.holding() > 0 ? incumbency : 0);
        }
    }

    /** Let aged bidders go ahead: the first of them in any case, the others within their share of the device. */
    private void ahead() {
        long most = (long) total * config.agingSharePpm() / 1_000_000;
        long taken = 0;
        for (int i = 0; i < waitingLongCount; i++) {
            Bidder bidder = waitingLong[i];
            if (i == 0 || taken + bidder.demand() <= most) {
                bidder.agedClass = true;
                taken += bidder.demand();
            }
        }
        Arrays.fill(waitingLong, 0, waitingLongCount, null);
    }

    /** Return how many take part in the tick. */
    public int size() {
        return order.size();
    }

    /** Return the bidder at a place in the order of the tick, best first. */
    public Bidder ranked(int i) {
        return order.get(i);
    }

    public int displacements() {
        return auction.displacedCount();
    }

    /** Return the i-th bidder that loses its pages, worst-ranked first. */
    public Bidder displaced(int i) {
        return auction.displaced(i);
    }

    /** Return who gets the first of the slots that the i-th displacement frees. */
    public Bidder displacer(int i) {
        return auction.displacer(i);
    }

    /** Owe the rent of the tick for effective pages held during it. */
    void charge(Bidder bidder, long effective) {
        charge(bill, bidder, effective);
    }

    /** Add to a bill the rent of the tick for effective pages held during it. */
    public void charge(Bill owed, Bidder bidder, long effective) {
        bidder.effective = effective;
        owed.add(bidder, Fixed.rent(Math.min(price, bidder.effectiveBid), effective));
    }

    /** Take the rents of the tick that has ended, and pay them out. */
    void settle() {
        settle(bill);
    }

    /** Take the rents of a tick that has ended, and pay them out. */
    public void settle(Bill owed) {
        revenue = 0;
        for (int i = 0; i < owed.count; i++) {
            Bidder bidder = owed.bidders[i];
            bidder.rent = ledger.rent(bidder.wallet, owed.due[i]);
            revenue += bidder.rent;
        }
        owed.clear();
        ledger.pay();
    }

    /** Charge nothing for a tick: its step failed. */
    public void waive(Bill owed) {
        owed.clear();
    }

    /** Return the number of the last tick. */
    public long tick() {
        return tick;
    }

    /** Return the clearing price of the last tick: the highest effective bid among the excluded. */
    public long price() {
        return price;
    }

    /** Return the rent taken in the last settled tick, micro-credits. */
    public long revenue() {
        return revenue;
    }
}
