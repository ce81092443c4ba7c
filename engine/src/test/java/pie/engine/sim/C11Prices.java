package pie.engine.sim;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import pie.engine.market.AuctionView;
import pie.engine.market.AuctionView.Seat;
import pie.engine.market.Fixed;
import pie.engine.market.Ledger;
import pie.engine.market.Market;
import pie.engine.market.Wallet;

/**
 * The price is the highest effective bid among the excluded, 0 without any; effective pages add up to the slots in use; what rents bring
 * is paid out, but for the carry.
 */
final class C11Prices implements Checker {
    private long rents;
    private long carry;
    private long dividends;
    private List<Wallet> wallets = List.of();

    @Override
    public void auctioned(EngineSim sim, Market market) {
        List<Seat> seats = AuctionView.seats(market, sim.pageSize());
        long price = 0;
        long effective = 0;
        int private_ = 0;
        Set<Integer> shared = new HashSet<>();
        for (Seat seat : seats) {
            price = seat.granted() ? price : Math.max(price, seat.bidder().effectiveBid());
            effective += seat.effective();
            private_ += seat.own();
            for (int slot : seat.shared()) {
                shared.add(slot);
            }
        }
        require(market.price() == price, "the price is " + market.price() + " and the best excluded bid " + price);
        double pages = effective / (double) Fixed.PAGE;
        int used = private_ + shared.size();
        require(
                Math.abs(pages - used) <= 1e-6 * (1 + used),
                "effective pages add up to " + pages + ", slots in use to " + used);
    }

    @Override
    public void afterTurn(EngineSim sim) {
        Ledger ledger = sim.engine().ledger();
        List<Wallet> now = AuctionView.wallets(ledger, sim.owners());
        long paid = AuctionView.dividends(now);
        if (now.equals(wallets)) {
            long in = ledger.rents() - rents + carry;
            long out = paid - dividends + ledger.carry();
            require(in == out, "rents and what was kept were " + in + ", and " + out + " was paid out or kept");
        }
        rents = ledger.rents();
        carry = ledger.carry();
        dividends = paid;
        wallets = now;
    }
}
